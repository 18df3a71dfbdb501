// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

#include "app/window/dialogs/clock_dialog.h"
#include "app/window/guest_clock_control.h"
#include "tests/app/opened_window.h"
#include "views/panels/diagnostics_panel.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using test::OpenedWindow;

// The guest's clock of the sample, driven as a user does.
class TestGuestClockDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void badgeTellsHowSure();
    void shiftMovesTheGuestLiveAndCanBeUndone();
    void enterTakesTheShiftAndNoMore();
    void estimateCanBeTried();
    void acceptedMapIsFoundAgain();
    void mapOfTheCommandLineOverrules();
    void mapOfAGuestThatIsNotThereIsTold();
    void misfitsAreAmongTheDiagnostics();
    void withoutGuestsNothingIsTold();

private:
    static bool openSample(OpenedWindow &window) { return window.openSample() && window.waitForClocks(); }
    static ClockDialog *dialogOf(OpenedWindow &window);
    static const ShownGuest &guestOf(OpenedWindow &window)
    {
        return window->workspace().clocks().current()->guests.front();
    }
    static std::vector<GuestRect> rowOf(OpenedWindow &window) { return window->workspace().timeline().shown()->guests; }
};

namespace {

bool isSame(const std::vector<GuestRect> &a, const std::vector<GuestRect> &b)
{
    return std::ranges::equal(
        a, b, [](const GuestRect &x, const GuestRect &y) { return x.rect == y.rect && x.tid == y.tid; });
}

} // namespace

ClockDialog *TestGuestClockDialog::dialogOf(OpenedWindow &window)
{
    QTest::keyClick(&*window, Qt::Key_G);
    return window->guestClocks().dialog();
}

void TestGuestClockDialog::badgeTellsHowSure()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    QPushButton *badge = window->guestClocks().badge();
    QVERIFY(badge->isVisible());
    QVERIFY2(badge->text().startsWith(QStringLiteral("guest clock \u00b1 ")), qPrintable(badge->text()));
    QVERIFY(badge->toolTip().contains(QStringLiteral("100.0 %")));
    QVERIFY(!rowOf(window).empty());
    QTest::mouseClick(badge, Qt::LeftButton);
    ClockDialog *dialog = window->guestClocks().dialog();
    QVERIFY(dialog && dialog->isVisible());
    QCOMPARE(dialog->fact(QStringLiteral("VM")), QStringLiteral("qemu-system-x86"));
    QCOMPARE(dialog->fact(QStringLiteral("Verdict")), QStringLiteral("aligned"));
    QVERIFY(dialog->fact(QStringLiteral("Drift")).startsWith(QStringLiteral("-34.")));
    dialog->close();
}

void TestGuestClockDialog::shiftMovesTheGuestLiveAndCanBeUndone()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    const Ns begin = window.state().bounds().from;
    window.state().setVisible({begin + 1'770'000'000, begin + 1'790'000'000});
    QCoreApplication::processEvents();
    const std::vector<GuestRect> before = rowOf(window);
    const ViewValues valuesBefore = window.values();
    QVERIFY(window->workspace().timeline().shown()->misfits.empty());

    ClockDialog *dialog = dialogOf(window);
    QDoubleSpinBox *shift = dialog->shift();
    QVERIFY(shift->isEnabled());
    shift->setFocus();
    for (int i = 0; i < 30; ++i) // 10 µs each: one run of steps
        QTest::keyClick(shift, Qt::Key_PageUp);
    const QString path = guestOf(window).trace->path;
    QCOMPARE(window.values().clocks.at(path).shift, Ns(300'000));
    QTRY_COMPARE(guestOf(window).choice.shift, Ns(300'000));
    QTRY_VERIFY(!isSame(rowOf(window), before));
    QTRY_VERIFY(!window->workspace().timeline().shown()->misfits.empty());
    QVERIFY(!guestOf(window).misfits.empty());
    QTRY_VERIFY(!dialog->fact(QStringLiteral("Events in guest mode")).startsWith(QStringLiteral("100.0 %")));

    QTest::keyClick(shift, Qt::Key_Z, Qt::ControlModifier); // where the focus is
    ViewValues values = window.values();
    values.guests = valuesBefore.guests; // what exits interrupted is computed anew
    QVERIFY(values == valuesBefore); // the run was one step
    QTRY_VERIFY(isSame(rowOf(window), before));
    QCOMPARE(shift->value(), 0.0);
    QTRY_VERIFY(dialog->fact(QStringLiteral("Events in guest mode")).startsWith(QStringLiteral("100.0 %")));
    dialog->close();
}

void TestGuestClockDialog::enterTakesTheShiftAndNoMore()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    ClockDialog *dialog = dialogOf(window);
    dialog->shift()->setFocus();
    dialog->shift()->selectAll();
    QTest::keyClicks(dialog->shift(), QStringLiteral("25"));
    QTest::keyClick(dialog->shift(), Qt::Key_Return);
    QVERIFY(dialog->isVisible());
    QTRY_COMPARE(guestOf(window).choice.shift, Ns(25'000));
    QCOMPARE(guestOf(window).choice.source, MapSource::Found); // nothing was accepted
    dialog->close();
}

void TestGuestClockDialog::estimateCanBeTried()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    ClockDialog *dialog = dialogOf(window);
    QComboBox *source = dialog->sourceChoice();
    source->setFocus();
    QTest::keyClick(source, Qt::Key_Down);
    QTRY_COMPARE(guestOf(window).choice.source, MapSource::Estimate);
    QTRY_VERIFY(dialog->fact(QStringLiteral("Method")).startsWith(QStringLiteral("timer deadlines")));
    // It lies within what containment proves.
    const GuestAlignment &found = guestOf(window).found;
    const Ns middle = found.overlap.from + found.overlap.length() / 2;
    const std::optional<TimeRange> bounds = found.map.bounds(middle);
    const Ns at = guestOf(window).alignment.map.toHost(middle);
    QVERIFY(bounds && bounds->from <= at && at <= bounds->to);
    dialog->close();
}

void TestGuestClockDialog::acceptedMapIsFoundAgain()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    ClockDialog *dialog = dialogOf(window);
    dialog->shift()->setValue(12.5);
    QTRY_COMPARE(guestOf(window).choice.shift, Ns(12'500));
    const Ns at = guestOf(window).trace->range.from;
    const Ns host = guestOf(window).alignment.map.toHost(at);
    QTest::mouseClick(dialog->acceptButton(), Qt::LeftButton);
    QTRY_COMPARE(guestOf(window).choice.source, MapSource::User);
    QCOMPARE(guestOf(window).alignment.map.toHost(at), host); // nothing jumps
    window.restart();
    QVERIFY(openSample(window));
    QCOMPARE(guestOf(window).choice.source, MapSource::User);
    QCOMPARE(guestOf(window).alignment.map.toHost(at), host);
    dialog = dialogOf(window);
    QVERIFY(dialog->forgetButton()->isEnabled());
    QTest::mouseClick(dialog->forgetButton(), Qt::LeftButton);
    QTRY_COMPARE(guestOf(window).choice.source, MapSource::Found);
    window.restart();
    QVERIFY(openSample(window));
    QCOMPARE(guestOf(window).choice.source, MapSource::Found);
}

void TestGuestClockDialog::mapOfTheCommandLineOverrules()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    const Ns at = guestOf(window).trace->range.from;
    const Ns found = guestOf(window).alignment.map.toHost(at);
    ClockDialog *dialog = dialogOf(window); // one that was accepted is overruled too
    dialog->shift()->setValue(3);
    QTRY_COMPARE(guestOf(window).choice.shift, Ns(3000));
    QTest::mouseClick(dialog->acceptButton(), Qt::LeftButton);
    window.setGuestMaps({{OpenedWindow::samplePath() + QStringLiteral("/vm0"), ClockLine{at, found + 77, 0}}});
    window.restart();
    QVERIFY(openSample(window));
    QCOMPARE(guestOf(window).choice.source, MapSource::User);
    QCOMPARE(guestOf(window).alignment.map.toHost(at), found + 77);
}

void TestGuestClockDialog::mapOfAGuestThatIsNotThereIsTold()
{
    OpenedWindow window;
    const QString path = OpenedWindow::samplePath() + QStringLiteral("/vm7");
    window.setGuestMaps({{path, ClockLine{0, 77, 0}}});
    window.restart();
    QVERIFY(openSample(window));
    QVERIFY(window->badge()->isVisible());
    const Diagnostics &told = window->workspace().diagnostics().model().diagnostics();
    const auto found = std::ranges::find(told, QStringLiteral("guest-map-unused"), &Diagnostic::code);
    QVERIFY(found != told.end());
    QCOMPARE(found->path, path);
    QCOMPARE(guestOf(window).choice.source, MapSource::Found);
}

void TestGuestClockDialog::misfitsAreAmongTheDiagnostics()
{
    OpenedWindow window;
    QVERIFY(openSample(window));
    const auto isTold = [&] {
        return std::ranges::any_of(window->workspace().diagnostics().model().diagnostics(),
            [](const Diagnostic &diagnostic) { return diagnostic.code == QStringLiteral("guest-misfits"); });
    };
    QVERIFY(!isTold());
    ClockDialog *dialog = dialogOf(window);
    dialog->shift()->setValue(300);
    QTRY_COMPARE(guestOf(window).choice.shift, Ns(300'000));
    QTest::mouseClick(dialog->acceptButton(), Qt::LeftButton);
    QTRY_VERIFY(isTold());
    QVERIFY(window->badge()->isVisible());
    QTest::mouseClick(dialog->forgetButton(), Qt::LeftButton);
    QTRY_VERIFY(!isTold());
}

void TestGuestClockDialog::withoutGuestsNothingIsTold()
{
    OpenedWindow window;
    QVERIFY(window.open({OpenedWindow::samplePath() + QStringLiteral("/host")}));
    QVERIFY(!window->guestClocks().badge()->isVisible());
    QVERIFY(rowOf(window).empty());
}

QTEST_MAIN(TestGuestClockDialog)
#include "tst_guest_clock_dialog.moc"
