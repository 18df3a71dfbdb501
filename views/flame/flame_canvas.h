// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

#include "views/flame/flame_layout.h"

namespace exitscope {

// Shows a layout and tells what is done to its frames: a click, a double-click, the wheel, the keyboard.
class FlameCanvas : public QWidget {
    Q_OBJECT

public:
    explicit FlameCanvas(QWidget *parent = nullptr);

    void setFlame(FlameLayout layout, const Theme &theme, bool isOld);
    const FlameLayout &flame() const { return m_layout; }
    void clear();
    QSize sizeHint() const override { return {500, 150}; }

Q_SIGNALS:
    void chosen(const exitscope::AccountTree::Node &node, bool add);
    void zoomWanted(const exitscope::AccountTree::Node &node);
    void resized();

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void setCurrent(AccountTree::Node node);
    void move(int key);
    AccountTree::Node above(AccountTree::Node node) const;

    FlameLayout m_layout;
    Theme m_theme = Theme::light();
    bool m_isOld = false;
    std::optional<AccountTree::Node> m_current; // for the keyboard
    std::optional<AccountTree::Node> m_pressed;
    int m_wheel = 0; // eighths of a degree that are not yet a step
};

} // namespace exitscope
