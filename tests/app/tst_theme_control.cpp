// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QSignalSpy>
#include <QStyle>
#include <QTest>

#include "app/window/theme_control.h"
#include "views/chart/theme_palette.h"

using namespace exitscope;

class TestThemeControl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QApplication::setPalette(QPalette()); }
    void choiceReachesControlsAndCharts();
    void desktopIsFollowed();
    void chosenThemeStaysWhenTheDesktopChanges();
    void textIsReadable_data();
    void textIsReadable();
};

namespace {

// As of WCAG 2.
double luminance(const QColor &color)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace

void TestThemeControl::choiceReachesControlsAndCharts()
{
    ThemeControl control;
    QSignalSpy changed(&control, &ThemeControl::changed);
    control.choose(ThemeChoice::Dark);
    QVERIFY(control.theme().isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::dark().window());
    QCOMPARE(QApplication::style()->name(), QStringLiteral("fusion"));
    control.choose(ThemeChoice::Light);
    QVERIFY(!control.theme().isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::light().base());
    QCOMPARE(changed.size(), 2);
    control.choose(ThemeChoice::Light);
    QCOMPARE(changed.size(), 2);
    control.choose(ThemeChoice::Desktop);
    QVERIFY(QApplication::palette().color(QPalette::Window) != Theme::light().window());
}

void TestThemeControl::desktopIsFollowed()
{
    ThemeControl control;
    control.choose(ThemeChoice::Desktop);
    QVERIFY(!control.theme().isDark());
    QSignalSpy changed(&control, &ThemeControl::changed);
    QApplication::setPalette(paletteOf(Theme::dark())); // as a desktop does that turns dark
    QCOMPARE(changed.size(), 1);
    QVERIFY(control.theme().isDark());
}

void TestThemeControl::chosenThemeStaysWhenTheDesktopChanges()
{
    ThemeControl control;
    control.choose(ThemeChoice::Light);
    QApplication::setPalette(paletteOf(Theme::dark()));
    QVERIFY(!control.theme().isDark());
}

void TestThemeControl::textIsReadable_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestThemeControl::textIsReadable()
{
    QFETCH(const bool, isDark);
    const Theme theme = isDark ? Theme::dark() : Theme::light();
    const QPalette palette = paletteOf(theme);
    QCOMPARE(themeFor(palette).isDark(), isDark);
    const std::pair<QPalette::ColorRole, QPalette::ColorRole> pairs[]{{QPalette::WindowText, QPalette::Window},
        {QPalette::Text, QPalette::Base}, {QPalette::Text, QPalette::AlternateBase},
        {QPalette::ButtonText, QPalette::Button}, {QPalette::ToolTipText, QPalette::ToolTipBase},
        {QPalette::HighlightedText, QPalette::Highlight}, {QPalette::Link, QPalette::Base},
        {QPalette::PlaceholderText, QPalette::Base}};
    for (const auto &[text, ground] : pairs)
        QVERIFY2(contrast(palette.color(text), palette.color(ground)) >= 4.5,
            qPrintable(QStringLiteral("role %1 on %2: %3")
                           .arg(text)
                           .arg(ground)
                           .arg(contrast(palette.color(text), palette.color(ground)))));
}

QTEST_MAIN(TestThemeControl)
#include "tst_theme_control.moc"
