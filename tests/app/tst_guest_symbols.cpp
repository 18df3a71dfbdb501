// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDropEvent>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

#include "app/window/dialogs/symbol_dialog.h"
#include "app/window/problem_panel.h"
#include "app/window/symbol_control.h"
#include "tests/app/opened_window.h"
#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/panels/details_panel.h"
#include "views/panels/diagnostics_panel.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::testing;
using test::OpenedWindow;

// Symbols of guests' kernels in the window, driven as a user does.
class TestGuestSymbols : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void aDroppedFileIsUsedAndFoundAgain();
    void thatOfTheCommandLineIsUsedAndKept();
    void thatOfTheCommandLineMustFit_data();
    void thatOfTheCommandLineMustFit();
    void whatIsNoSymbolsOpensAsATrace();
    void theDialogUsesAndForgets();
    void whatCannotBeUsedLeavesAllAsItWas();
    void aKeptFileThatIsGoneIsTold();
    void ofSeveralVmsTheUserChooses();
    void anotherRecordingHasNone();

private:
    QString write(const char *name, const QByteArray &text) const
    {
        QFile file(m_dir->filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("%s", qPrintable(file.errorString()));
        return file.fileName();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

namespace {

// Of the sample's guest: all its kernel's addresses are between these.
const QByteArray kSymbols = "ffffffff81000000 T _stext\n"
                            "ffffffff8107e910 t native_write_msr\n"
                            "ffffffff8107e920 t other_code\n"
                            "ffffffffd0000000 R end\n";

void drop(MainWindow &window, const QString &path)
{
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter); // without it no drop comes through
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
}

SessionSymbols &symbolsOf(OpenedWindow &window)
{
    return window->workspace().symbols();
}

bool waitFor(OpenedWindow &window)
{
    return QTest::qWaitFor([&] { return !symbolsOf(window).isBusy(); }, 20'000);
}

// What the details tell of the first exit at native_write_msr's instruction.
QString placeShown(OpenedWindow &window)
{
    const auto &recording = window->workspace().recording();
    for (const VcpuAt &vcpu : vcpusOf(*recording)) {
        const ExitColumns &exits = vcpu.vcpu->exits;
        for (std::size_t i = 0; i < exits.size(); ++i) {
            if (exits.guestRip(i) != 0xffffffff8107e914)
                continue;
            window.state().setCurrent(ExitRef{vcpu.key, i}, window.values().visible);
            for (const QLabel *label : window->workspace().findChild<DetailsPanel *>()->findChildren<QLabel *>())
                if (label->text().startsWith(QStringLiteral("0xffffffff8107e914")))
                    return label->text();
        }
    }
    return {};
}

QStringList codesOf(OpenedWindow &window)
{
    QStringList codes;
    for (const Diagnostic &diagnostic : symbolsOf(window).diagnostics())
        codes << diagnostic.code;
    return codes;
}

// What is told where the timeline is pointed at the current exit, from near.
QString pointedAt(OpenedWindow &window)
{
    TimelineView &view = window->workspace().timeline();
    const ExitRef exit = *window.values().current;
    const Ns time = vcpuAt(*window->workspace().recording(), exit.vcpu)->vcpu->exits.time(exit.index);
    window.state().setVisible({time - 2'000, time + 2'000});
    QString told;
    (void)QTest::qWaitFor([&] {
        const auto shown = view.shown();
        for (const TimelineRow &row : shown->rows) {
            if (row.vcpu != exit.vcpu)
                continue;
            const QPoint at(int(shown->scale.timeToPx(time)) + 1, int(row.lane(LaneKind::Marks).center().y()));
            QHelpEvent help(QEvent::ToolTip, at, view.plot().mapToGlobal(at));
            QCoreApplication::sendEvent(&view.plot(), &help);
            told = QToolTip::text();
        }
        return told.contains(QStringLiteral("Exit: ")) && shown->scale.timeToPx(time) > shown->plot.left() + 100;
    });
    return told;
}

SymbolDialog *dialogOf(OpenedWindow &window)
{
    QTest::keyClick(&*window, Qt::Key_Y);
    return window->symbols().dialog();
}

} // namespace

void TestGuestSymbols::aDroppedFileIsUsedAndFoundAgain()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914"));
    QVERIFY(!symbolsOf(window).current());
    QSignalSpy changed(&symbolsOf(window), &SessionSymbols::changed);
    drop(*window, write("kallsyms", kSymbols));
    QVERIFY(waitFor(window));
    QCOMPARE(changed.count(), 1);
    QVERIFY(symbolsOf(window).current());
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4"));
    QCOMPARE(codesOf(window), QStringList{QStringLiteral("symbols-used")});
    QVERIFY2(pointedAt(window).contains(QStringLiteral("from 0xffffffff8107e914 native_write_msr+0x4<br>")),
        qPrintable(pointedAt(window)));
    QVERIFY(!window->loader().isLoading());
    QVERIFY(!window->problem().isVisible());

    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4"));
}

// For the recording that is opened first, whatever was kept for it.
void TestGuestSymbols::thatOfTheCommandLineIsUsedAndKept()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    drop(*window, write("older", "ffffffff81000000 T old_code\nffffffffd0000000 R end\n"));
    QVERIFY(waitFor(window));
    QVERIFY(placeShown(window).startsWith(QStringLiteral("0xffffffff8107e914 old_code+")));
    window.setSymbols({QString(
        window->workspace().recording()->hosts[0].vms[0].name % QLatin1Char('=') % write("kallsyms", kSymbols))});
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4"));
    QVERIFY(!window->problem().isVisible());
    // Once: what the user does then stands, be it the same recording again.
    SymbolDialog *dialog = dialogOf(window);
    QVERIFY(dialog);
    QTest::mouseClick(dialog->forgetButton(), Qt::LeftButton);
    QVERIFY(waitFor(window));
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914"));
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4")); // given again
    window.setSymbols({});
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4")); // kept
}

void TestGuestSymbols::thatOfTheCommandLineMustFit_data()
{
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("told");
    QTest::newRow("no such VM") << QStringLiteral("nobody=/nowhere/kallsyms")
                                << QStringLiteral("it names no VM; give VM=FILE, the VMs are: ");
    QTest::newRow("no such file") << QStringLiteral("/nowhere/kallsyms")
                                  << QStringLiteral("/nowhere/kallsyms: the symbols cannot be used: ");
}

void TestGuestSymbols::thatOfTheCommandLineMustFit()
{
    QFETCH(QString, given);
    QFETCH(QString, told);
    OpenedWindow window;
    window.setSymbols({given});
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QVERIFY(QTest::qWaitFor([&] { return window->problem().isVisible(); }));
    const QList<QLabel *> labels = window->problem().findChildren<QLabel *>();
    QVERIFY(std::ranges::any_of(labels, [&](const QLabel *label) { return label->text().contains(told); }));
    QVERIFY(!symbolsOf(window).current());
}

void TestGuestSymbols::whatIsNoSymbolsOpensAsATrace()
{
    OpenedWindow window;
    QSignalSpy started(&window->loader(), &LoadController::started);
    drop(*window, write("kallsyms", kSymbols)); // nothing is open that it could be for
    QCOMPARE(started.count(), 1);
    QVERIFY(window.openSample());
    drop(*window, write("trace.txt", "hello\n"));
    QCOMPARE(started.count(), 3);
    QVERIFY(!symbolsOf(window).current());
}

void TestGuestSymbols::theDialogUsesAndForgets()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    SymbolDialog *dialog = dialogOf(window);
    QVERIFY(dialog && dialog->isVisible());
    QCOMPARE(dialog->vmChoice()->currentText(), QStringLiteral("qemu-system-x86"));
    QVERIFY(!dialog->useButton()->isEnabled() && !dialog->forgetButton()->isEnabled());
    QVERIFY(dialog->state().startsWith(QStringLiteral("No symbols")));
    QByteArray map = kSymbols;
    map.replace("ffffffff8", "ffffffff7"); // KASLR moved it by 256 MiB
    QTest::keyClicks(dialog->file(), write("System.map", map));
    QTest::keyClicks(dialog->offset(), QStringLiteral("0xg"));
    QTest::mouseClick(dialog->useButton(), Qt::LeftButton);
    QVERIFY2(dialog->problem().contains(QStringLiteral("'0xg' is no offset")), qPrintable(dialog->problem()));
    dialog->offset()->clear();
    QTest::keyClicks(dialog->offset(), QStringLiteral("0x10000000"));
    QTest::mouseClick(dialog->useButton(), Qt::LeftButton);
    QVERIFY(waitFor(window));
    QCOMPARE(dialog->problem(), QString());
    QVERIFY2(
        dialog->state().contains(QStringLiteral("System.map+0x10000000: 3 functions")), qPrintable(dialog->state()));
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4"));

    QTest::mouseClick(dialog->forgetButton(), Qt::LeftButton);
    QVERIFY(waitFor(window));
    QVERIFY(!symbolsOf(window).current() && codesOf(window).isEmpty());
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914"));
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QVERIFY(!symbolsOf(window).current());
}

void TestGuestSymbols::whatCannotBeUsedLeavesAllAsItWas()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    drop(*window, write("kallsyms", kSymbols));
    QVERIFY(waitFor(window));
    const QString hidden = write("hidden", "0000000000000000 T _text\n");
    drop(*window, hidden);
    QVERIFY(waitFor(window));
    QVERIFY(window->problem().isVisible());
    QCOMPARE(placeShown(window), QStringLiteral("0xffffffff8107e914 native_write_msr+0x4"));
    QCOMPARE(codesOf(window), QStringList{QStringLiteral("symbols-used")});
    SymbolDialog *dialog = dialogOf(window);
    QTest::keyClicks(dialog->file(), hidden);
    QTest::keyClick(dialog->file(), Qt::Key_Return);
    QVERIFY(waitFor(window));
    QVERIFY2(dialog->problem().contains(QStringLiteral("all its addresses are 0")), qPrintable(dialog->problem()));
    QVERIFY(dialog->state().contains(QStringLiteral("kallsyms: 3 functions")));
}

void TestGuestSymbols::aKeptFileThatIsGoneIsTold()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const QString path = write("kallsyms", kSymbols);
    drop(*window, path);
    QVERIFY(waitFor(window));
    QVERIFY(QFile::remove(path));
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(waitFor(window));
    QCOMPARE(codesOf(window), QStringList{QStringLiteral("symbols-unreadable")});
    QVERIFY(!symbolsOf(window).current());
    QVERIFY(dialogOf(window)->forgetButton()->isEnabled());
}

void TestGuestSymbols::ofSeveralVmsTheUserChooses()
{
    OpenedWindow window;
    QVERIFY(window.openSample()); // the window knows a recording: now another one
    window->workspace().setRecording(makeRecording({{MadeVcpu{}}, {MadeVcpu{}}}));
    const QString path = write("kallsyms", kSymbols);
    drop(*window, path);
    SymbolDialog *dialog = window->symbols().dialog();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(!symbolsOf(window).isBusy()); // nothing before the user says so
    QCOMPARE(dialog->file()->text(), path);
    QCOMPARE(dialog->vmChoice()->count(), 2);
    dialog->vmChoice()->setCurrentIndex(1);
    QTest::mouseClick(dialog->useButton(), Qt::LeftButton);
    QVERIFY(waitFor(window));
    QVERIFY(symbolsOf(window).current()->of({0, 1}));
    QVERIFY(!symbolsOf(window).current()->of({0, 0}));
}

void TestGuestSymbols::anotherRecordingHasNone()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    drop(*window, write("kallsyms", kSymbols));
    QVERIFY(waitFor(window));
    QVERIFY(window.open({QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min")}));
    QVERIFY(waitFor(window));
    QVERIFY(!symbolsOf(window).current());
    QVERIFY(codesOf(window).isEmpty());
}

QTEST_MAIN(TestGuestSymbols)
#include "tst_guest_symbols.moc"
