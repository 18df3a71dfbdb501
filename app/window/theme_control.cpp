// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/theme_control.h"

#include <QApplication>
#include <QEvent>
#include <QStyle>

#include "views/chart/theme_palette.h"

namespace exitscope {

ThemeControl::ThemeControl(QObject *parent)
    : QObject(parent), m_desktopStyle(QApplication::style()->name()), m_theme(themeFor(QApplication::palette()))
{
    qApp->installEventFilter(this);
}

void ThemeControl::choose(ThemeChoice choice)
{
    m_choice = choice;
    if (choice == ThemeChoice::Desktop) {
        QApplication::setStyle(m_desktopStyle);
        QApplication::setPalette(QPalette());
        setTheme(themeFor(QApplication::palette()));
        return;
    }
    const Theme theme = choice == ThemeChoice::Dark ? Theme::dark() : Theme::light();
    QApplication::setStyle(QStringLiteral("Fusion")); // the one that takes all of a palette
    QApplication::setPalette(paletteOf(theme));
    QApplication::setPalette(checkBoxPaletteOf(theme), "QCheckBox");
    setTheme(theme);
}

bool ThemeControl::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && watched == qApp && m_choice == ThemeChoice::Desktop)
        setTheme(themeFor(QApplication::palette()));
    return false;
}

void ThemeControl::setTheme(const Theme &theme)
{
    if (theme.isDark() == m_theme.isDark())
        return;
    m_theme = theme;
    Q_EMIT changed(m_theme);
}

} // namespace exitscope
