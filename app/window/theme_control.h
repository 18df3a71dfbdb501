// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "app/window/storage/settings.h"
#include "views/chart/theme.h"

namespace exitscope {

// Gives the whole application the chosen theme, and tells the charts theirs.
class ThemeControl : public QObject {
    Q_OBJECT

public:
    explicit ThemeControl(QObject *parent = nullptr);

    void choose(ThemeChoice choice);
    ThemeChoice choice() const { return m_choice; }
    const Theme &theme() const { return m_theme; }

Q_SIGNALS:
    void changed(const exitscope::Theme &theme);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void setTheme(const Theme &theme);

    QString m_desktopStyle; // what the desktop asked for
    ThemeChoice m_choice = ThemeChoice::Desktop;
    Theme m_theme = Theme::light();
};

} // namespace exitscope
