// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCursor>
#include <QDockWidget>
#include <QScrollBar>
#include <QTest>
#include <QTextBlock>
#include <QTextBrowser>

#include <algorithm>

#include "app/window/manual_control.h"
#include "tests/app/opened_window.h"
#include "views/panels/status_line.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

class TestManualWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void f1ShowsWhatThePointerIsOn();
    void everyPlaceIsInTheManual();
    void linksLeadFromPageToPage();
    void everyPageIsShown();
};

namespace {

// The text at the top of what is seen.
QString topLine(ManualWindow &manual)
{
    return manual.browser().cursorForPosition(QPoint(20, 14)).block().text();
}

} // namespace

void TestManualWindow::f1ShowsWhatThePointerIsOn()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QWidget &timeline = window->workspace().timeline();
    QCursor::setPos(timeline.mapToGlobal(timeline.rect().center()));
    QTest::keyClick(&*window, Qt::Key_F1);
    ManualWindow *manual = window->manual().shown();
    QVERIFY(manual && manual->isVisible());
    QCOMPARE(manual->page(), QStringLiteral("definitions"));
    QTRY_COMPARE(topLine(*manual), QStringLiteral("States of a vCPU"));

    manual->close(); // it lies above the status line
    QTRY_VERIFY(!window->manual().shown());
    window->move(0, -200); // the screen may be lower than the window
    QWidget &line = window->workspace().statusLine();
    QCursor::setPos(line.mapToGlobal(line.rect().center()));
    window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&*window));
    QTest::keyClick(&*window, Qt::Key_F1);
    manual = window->manual().shown();
    QVERIFY(manual);
    QTRY_COMPARE(topLine(*manual), QStringLiteral("Costs"));
}

void TestManualWindow::everyPlaceIsInTheManual()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QSet<QString> seen;
    for (const QWidget *widget : window->findChildren<QWidget *>()) {
        const ManualPlace place = manualPlaceOf(widget);
        const ManualPage *page = manualPage(place.page);
        QVERIFY2(page, qPrintable(place.page));
        seen.insert(place.page % QLatin1Char('#') % place.section);
        if (place.section.isEmpty())
            continue;
        const QList<Block> blocks = blocksOf(page->markdown);
        QVERIFY2(std::ranges::any_of(blocks,
                     [&](const Block &block) {
                         return block.kind == Block::Kind::Heading && slugOf(block.text) == place.section;
                     }),
            qPrintable(place.section));
    }
    QVERIFY2(seen.size() >= 8, qPrintable(QStringList(seen.values()).join(QLatin1Char(' '))));
    for (const QDockWidget *dock : window->workspace().findChildren<QDockWidget *>())
        QVERIFY2(dock->property("manualPlace").isValid(), qPrintable(dock->objectName()));
}

void TestManualWindow::linksLeadFromPageToPage()
{
    ManualWindow manual;
    manual.show(manualPlace(QStringLiteral("window")));
    QVERIFY(QTest::qWaitForWindowExposed(&manual));
    Q_EMIT manual.browser().anchorClicked(QUrl(QStringLiteral("definitions.md#costs")));
    QCOMPARE(manual.page(), QStringLiteral("definitions"));
    QTRY_COMPARE(topLine(manual), QStringLiteral("Costs"));
    Q_EMIT manual.browser().anchorClicked(QUrl(QStringLiteral("#states-of-a-vcpu")));
    QCOMPARE(manual.page(), QStringLiteral("definitions"));
    QTRY_COMPARE(topLine(manual), QStringLiteral("States of a vCPU"));
}

void TestManualWindow::everyPageIsShown()
{
    ManualWindow manual;
    for (const ManualPage &page : manualPages()) {
        manual.show(manualPlace(page.name));
        QCOMPARE(manual.page(), page.name);
        const QString text = manual.browser().toPlainText();
        QVERIFY(text.startsWith(plainText(blocksOf(page.markdown).front().text)));
        QVERIFY2(!text.contains(QStringLiteral("](")) && !text.contains(QStringLiteral("**")), qPrintable(page.name));
    }
    manual.show(manualPlace(QStringLiteral("window")));
    const QVariant picture
        = manual.browser().loadResource(QTextDocument::ImageResource, QUrl(QStringLiteral("../screenshots/exits.png")));
    QVERIFY(picture.isValid());
}

QTEST_MAIN(TestManualWindow)
#include "tst_manual_window.moc"
