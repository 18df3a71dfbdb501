// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/theme_palette.h"

namespace exitscope {

QPalette paletteOf(const Theme &theme)
{
    const QColor raised = theme.isDark() ? theme.window().lighter(130) : theme.window().darker(103);
    QPalette palette(raised, theme.window()); // shades for bevels come from these two
    palette.setColor(QPalette::Window, theme.window());
    palette.setColor(QPalette::Base, theme.base());
    palette.setColor(QPalette::AlternateBase, theme.window());
    palette.setColor(QPalette::Button, raised);
    palette.setColor(QPalette::ToolTipBase, theme.base());
    palette.setColor(QPalette::Highlight, theme.accent());
    palette.setColor(QPalette::HighlightedText, Theme::textOn(theme.accent()));
    palette.setColor(QPalette::Link, theme.accent());
    palette.setColor(QPalette::LinkVisited, theme.accent());
    palette.setColor(QPalette::BrightText, theme.error());
    for (const QPalette::ColorRole role :
        {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        palette.setColor(role, theme.text());
        palette.setColor(QPalette::Disabled, role, theme.mutedText());
    }
    palette.setColor(QPalette::PlaceholderText, theme.mutedText());
    palette.setColor(QPalette::Disabled, QPalette::Highlight, theme.grid());
    return palette;
}

QPalette checkBoxPaletteOf(const Theme &theme)
{
    QPalette palette = paletteOf(theme);
    if (theme.isDark())
        palette.setColor(QPalette::Window, theme.mutedText());
    return palette;
}

Theme themeFor(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightnessF() < 0.5F ? Theme::dark() : Theme::light();
}

} // namespace exitscope
