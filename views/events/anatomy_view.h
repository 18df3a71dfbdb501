// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "views/events/anatomy_layout.h"
#include "views/events/shown_events.h"

namespace exitscope {

// One exit as what happened inside of it. A click on an event chooses it.
class AnatomyView : public QWidget {
    Q_OBJECT

public:
    explicit AnatomyView(QWidget *parent = nullptr);

    void set(std::shared_ptr<const ShownEvents> events); // null, or without an anatomy: nothing is shown
    void setTheme(const Theme &theme);
    const AnatomyLayout &shown() const { return m_layout; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

Q_SIGNALS:
    void chosen(std::size_t event); // in EventList::events

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    void layOut();
    QString toolTipAt(QPointF pos) const;

    std::shared_ptr<const ShownEvents> m_events;
    Theme m_theme = Theme::light();
    AnatomyLayout m_layout;
};

} // namespace exitscope
