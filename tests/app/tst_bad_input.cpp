// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include "app/window/problem_panel.h"
#include "app/window/start_page.h"
#include "tests/app/opened_window.h"
#include "views/panels/diagnostics_panel.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

const QString kSmall = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min");

void write(const QString &path, const QByteArray &content)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
}

std::int64_t exitsOf(OpenedWindow &window)
{
    return window->workspace().numbers().current()->selected->totals.exits;
}

} // namespace

class TestBadInput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { qunsetenv("EXITSCOPE_READER_FAULT"); }
    void pageTellsPathAndCause_data();
    void pageTellsPathAndCause();
    void spoiltTraceIsTold_data();
    void spoiltTraceIsTold();
    void guestAloneIsExplained();
    void retryWorksAfterMending();
    void openRecordingStays();
    void brokenReaderIsToldAndRetried_data();
    void brokenReaderIsToldAndRetried();
    void missingReaderIsTold();
    void pageCanBeDismissed();
};

void TestBadInput::pageTellsPathAndCause_data()
{
    QTest::addColumn<QString>("name"); // of what lies there
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << QString() << QByteArray() << QStringLiteral("no such file");
    QTest::newRow("no trace below") << QStringLiteral("readme") << QByteArray("x") << QStringLiteral("no trace");
    QTest::newRow("perf.data") << QStringLiteral("perf.data") << QByteArray("PERFILE2xxxx")
                               << QStringLiteral("the trace cannot be read");
    QTest::newRow("trace.dat") << QStringLiteral("trace.dat") << QByteArray("\x17\x08\x44tracing6\0", 12)
                               << QStringLiteral("the trace cannot be read");
    QTest::newRow("CTF 2") << QStringLiteral("metadata") << QByteArray("{\"type\":\"preamble\"}")
                           << QStringLiteral("CTF 2");
    QTest::newRow("archive") << QStringLiteral("trace.tar.gz") << QByteArray("\x1f\x8b\x08xx")
                             << QStringLiteral("tar -xzf");
    QTest::newRow("corrupt metadata") << QStringLiteral("metadata") << QByteArray("/* CTF 1.8 */ trace {")
                                      << QStringLiteral("metadata");
}

void TestBadInput::pageTellsPathAndCause()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, expected);
    OpenedWindow window;
    const QString path = QDir(window.directory()).filePath(QStringLiteral("bad"));
    if (!name.isEmpty())
        write(QDir(path).filePath(name), content);
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({path});
    QVERIFY(failed.wait(60'000));
    ProblemPanel &problem = window->problem();
    QVERIFY(problem.isVisible());
    QVERIFY2(problem.text().contains(path), qPrintable(problem.text()));
    QVERIFY2(problem.text().contains(expected, Qt::CaseInsensitive), qPrintable(problem.text()));
    QVERIFY(problem.retryButton()->isVisible());
    QVERIFY(window->startPage().isEnabled()); // the window stays usable
    QVERIFY(window.openSample());
    QVERIFY(!problem.isVisible());
}

// Copies of a whole trace, each spoilt in its way.
void TestBadInput::spoiltTraceIsTold_data()
{
    QTest::addColumn<QStringList>("shell"); // what is done to the copy
    QTest::addColumn<bool>("opens");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const char *script, bool opens, const char *code) {
        QTest::newRow(name) << QStringList{QStringLiteral("-c"), QString::fromUtf8(script)} << opens
                            << QString::fromUtf8(code);
    };
    row("metadata without streams", "rm -r ch_* index", false, "no-streams");
    row("truncated packet", "truncate -s -5000 ch_1", true, "stream-cut");
    row("corrupt stream", "rm -r index; head -c 512 /dev/zero | tr '\\0' '\\377' | dd of=ch_0 conv=notrunc status=none",
        true, "stream-unreadable"); // a wrong magic number alone does not keep libbabeltrace2 2.1 from reading it
    row("empty", "truncate -s 0 ch_0 ch_1 && rm -r index", false, "empty-trace");
}

void TestBadInput::spoiltTraceIsTold()
{
    QFETCH(const QStringList, shell);
    QFETCH(const bool, opens);
    QFETCH(const QString, code);
    OpenedWindow window;
    const QString path = QDir(window.directory()).filePath(QStringLiteral("spoilt"));
    QCOMPARE(QProcess::execute(QStringLiteral("cp"), {QStringLiteral("-r"), kSmall, path}), 0);
    QProcess spoil;
    spoil.setWorkingDirectory(path);
    spoil.start(QStringLiteral("sh"), shell);
    QVERIFY(spoil.waitForFinished() && spoil.exitCode() == 0);
    if (!opens) {
        QSignalSpy failed(&window->loader(), &LoadController::failed);
        window->open({path});
        QVERIFY(failed.wait(60'000));
        QVERIFY2(window->problem().text().contains(path), qPrintable(window->problem().text()));
        QVERIFY(window->problem().retryButton()->isVisible());
        return;
    }
    QVERIFY(window.open({path}));
    QVERIFY(exitsOf(window) > 0); // what could be read is there
    QVERIFY(window->badge()->isVisible());
    const QAbstractItemModel &rows = window->workspace().diagnostics().model();
    const QModelIndexList found
        = rows.match(rows.index(0, DiagnosticsModel::CodeColumn), Qt::DisplayRole, code, 1, Qt::MatchExactly);
    QCOMPARE(found.size(), 1);
}

// It opens, and says what is missing.
void TestBadInput::guestAloneIsExplained()
{
    OpenedWindow window;
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({QDir(OpenedWindow::samplePath()).filePath(QStringLiteral("vm0"))});
    QVERIFY(failed.wait(60'000));
    QVERIFY2(window->problem().text().contains(QStringLiteral("kvm_x86_entry")), qPrintable(window->problem().text()));
}

void TestBadInput::retryWorksAfterMending()
{
    OpenedWindow window;
    const QString path = QDir(window.directory()).filePath(QStringLiteral("later"));
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({path});
    QVERIFY(failed.wait(60'000));
    QCOMPARE(QApplication::focusWidget(), window->problem().retryButton());
    QTest::keyClick(window->problem().retryButton(), Qt::Key_Space); // as bad as before
    QVERIFY(failed.wait(60'000));
    QCOMPARE(QProcess::execute(QStringLiteral("cp"), {QStringLiteral("-r"), kSmall, path}), 0);
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QTest::mouseClick(window->problem().retryButton(), Qt::LeftButton);
    QVERIFY(loaded.wait(60'000));
    QVERIFY(!window->problem().isVisible());
    QVERIFY(window.waitForNumbers());
    QVERIFY(exitsOf(window) > 0);
}

void TestBadInput::openRecordingStays()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const std::int64_t exits = exitsOf(window);
    const QString title = window->windowTitle();
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({QStringLiteral("/nonexistent/trace")});
    QVERIFY(failed.wait(60'000));
    QVERIFY(window->problem().isVisible());
    QVERIFY(window->workspace().isVisible());
    QCOMPARE(exitsOf(window), exits);
    QCOMPARE(window->windowTitle(), title);
    window.state().select(TimeRange{window.state().bounds().from, window.state().bounds().from + 1'000'000'000});
    QVERIFY(window.waitForNumbers());
    QVERIFY(exitsOf(window) < exits);
}

void TestBadInput::brokenReaderIsToldAndRetried_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<QString>("code");
    QTest::newRow("dies") << QByteArray("crash:3") << QStringLiteral("reader-died");
    QTest::newRow("hangs") << QByteArray("hang:3") << QStringLiteral("reader-hung");
    QTest::newRow("babbles") << QByteArray("garbage:3") << QStringLiteral("reader-babbled");
}

void TestBadInput::brokenReaderIsToldAndRetried()
{
    QFETCH(const QByteArray, fault);
    QFETCH(const QString, code);
    OpenedWindow window;
    QVERIFY(window.openSample());
    const std::int64_t whole = exitsOf(window);

    qputenv("EXITSCOPE_READER_FAULT", fault);
    window->loader().options().hangTimeoutMs = 1000;
    QVERIFY(window.openSample());
    QVERIFY2(exitsOf(window) > 0 && exitsOf(window) < whole, "what arrived is shown");
    QVERIFY(window->badge()->isVisible());
    QTest::mouseClick(window->badge(), Qt::LeftButton);
    DiagnosticsPanel &panel = window->workspace().diagnostics();
    QVERIFY(panel.isVisible());
    QCOMPARE(panel.model().index(0, DiagnosticsModel::CodeColumn).data().toString(), code);

    qunsetenv("EXITSCOPE_READER_FAULT");
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QTest::mouseClick(panel.findChild<QPushButton *>(), Qt::LeftButton);
    QVERIFY(loaded.wait(60'000));
    QVERIFY(window.waitForNumbers());
    QCOMPARE(exitsOf(window), whole);
}

void TestBadInput::missingReaderIsTold()
{
    OpenedWindow window;
    const QString right = window->loader().options().readerProgram;
    window->loader().options().readerProgram = QStringLiteral("/nonexistent/exitscope-reader");
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({OpenedWindow::samplePath()});
    QVERIFY(failed.wait(60'000));
    QVERIFY2(window->problem().text().contains(QStringLiteral("/nonexistent/exitscope-reader")),
        qPrintable(window->problem().text()));
    window->loader().options().readerProgram = right;
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QTest::mouseClick(window->problem().retryButton(), Qt::LeftButton);
    QVERIFY(loaded.wait(60'000));
}

void TestBadInput::pageCanBeDismissed()
{
    OpenedWindow window;
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({QStringLiteral("/nonexistent/trace")});
    QVERIFY(failed.wait(60'000));
    for (QPushButton *button : window->problem().findChildren<QPushButton *>())
        if (button->text() == QStringLiteral("Di&smiss"))
            QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(!window->problem().isVisible());
}

QTEST_MAIN(TestBadInput)
#include "tst_bad_input.moc"
