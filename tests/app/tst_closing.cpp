// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <ctime>

#include "app/window/export/export_dialog.h"
#include "app/window/export/exports.h"
#include "tests/app/opened_window.h"
#include "tests/tools/storm_trace.h"
#include "tests/tools/sync_case.h"

using namespace exitscope;
using namespace exitscope::testing;
using test::OpenedWindow;

namespace {

constexpr int kPoints = 20;
#ifdef __SANITIZE_ADDRESS__
constexpr double kSoon = 3; // memory is looked at, not speed
#else
constexpr double kSoon = 0.5; // s of the CPU: other programs may keep it busy
#endif
constexpr int kSoonOnABusyMachineMs = 20'000;

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

} // namespace

// Closing the window ends at once whatever is under way.
class TestClosing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whileItSurveys_data() { addPoints(); }
    void whileItSurveys();
    void whileItLoads_data() { addPoints(); }
    void whileItLoads();
    void whileItAlignsAndCounts_data() { addPoints(); }
    void whileItAlignsAndCounts();
    void whileItExports_data();
    void whileItExports();

private:
    static void addPoints();
    static void close(std::unique_ptr<OpenedWindow> window);
    void closeWhileReading(const QString &directory, double share);

    QTemporaryDir m_dir;
    std::shared_ptr<const Recording> m_foreign; // a guest of another host: that is sought longest
};

void TestClosing::initTestCase()
{
    writeStormTrace(m_dir.filePath(QStringLiteral("host")).toStdString(), 300'000, 7);
    writeStormChunks(m_dir.filePath(QStringLiteral("chunks")).toStdString(), 12, 100'000, {.vcpus = 16});
    Recording foreign = makeSyncCase({.seed = 1, .spanNs = 60'000'000'000, .vcpus = 16}).recording;
    foreign.guests = makeSyncCase({.seed = 2, .spanNs = 60'000'000'000, .vcpus = 16}).recording.guests;
    m_foreign = std::make_shared<const Recording>(std::move(foreign));
}

void TestClosing::addPoints()
{
    QTest::addColumn<int>("point");
    for (int point = 0; point < kPoints; ++point)
        QTest::addRow("after %d of %d", point, kPoints) << point;
}

void TestClosing::close(std::unique_ptr<OpenedWindow> window)
{
    QElapsedTimer timer;
    timer.start();
    const double begin = cpuSeconds();
    (*window)->close();
    window.reset(); // waits for its jobs
    const double cpu = cpuSeconds() - begin;
    QVERIFY2(cpu <= kSoon, qPrintable(QStringLiteral("%1 s of the CPU").arg(cpu)));
    QVERIFY2(timer.elapsed() < kSoonOnABusyMachineMs, qPrintable(QStringLiteral("%1 ms").arg(timer.elapsed())));
}

void TestClosing::closeWhileReading(const QString &directory, double share)
{
    auto window = std::make_unique<OpenedWindow>();
    LoadController &loader = (*window)->loader();
    double done = -1;
    connect(&loader, &LoadController::progressed, this, [&](const LoadProgress &progress) {
        done = progress.bytesTotal > 0 ? double(progress.bytesDone) / double(progress.bytesTotal) : 0;
    });
    (*window)->open({m_dir.filePath(directory)});
    if (share > 0)
        QTRY_VERIFY_WITH_TIMEOUT(done >= share || !loader.isLoading(), 60'000);
    close(std::move(window));
}

// Which is the first half of reading chunks.
void TestClosing::whileItSurveys()
{
    QFETCH(const int, point);
    closeWhileReading(QStringLiteral("chunks"), point / 2.0 / kPoints);
}

void TestClosing::whileItLoads()
{
    QFETCH(const int, point);
    closeWhileReading(QStringLiteral("host"), double(point) / kPoints);
}

void TestClosing::whileItAlignsAndCounts()
{
    QFETCH(const int, point);
    auto window = std::make_unique<OpenedWindow>();
    const double begin = cpuSeconds();
    Workspace &workspace = (*window)->workspace();
    workspace.setRecording(m_foreign);
    const double until = 0.01 * point * point; // closer together where most is begun
    QTRY_VERIFY_WITH_TIMEOUT(cpuSeconds() - begin >= until || !workspace.clocks().isBusy(), 60'000);
    close(std::move(window));
}

void TestClosing::whileItExports_data()
{
    QTest::addColumn<double>("share"); // of what is painted; at 1 it is encoded
    for (const double share : {-1.0, 0.0, 0.2, 0.5, 0.9, 1.0})
        QTest::addRow("after %.1f", share) << share;
}

void TestClosing::whileItExports()
{
    QFETCH(const double, share);
    auto window = std::make_unique<OpenedWindow>();
    QVERIFY(window->openSample());
    (*window)->exports().openDialog();
    ExportDialog *dialog = (*window)->exports().dialog();
    const QTemporaryDir directory;
    dialog->setPath(directory.filePath(QStringLiteral("never.png")));
    dialog->setPictureSize({4000, 2500});
    dialog->scaleChoice()->setCurrentIndex(2); // 3×
    double painted = -0.5;
    connect(&dialog->writing(), &PictureWork::progressed, this, [&](double now) { painted = now; });
    QVERIFY(dialog->writeButton()->isEnabled());
    dialog->writeButton()->click();
    QTRY_VERIFY_WITH_TIMEOUT(painted >= share, 60'000);
    close(std::move(window));
    QVERIFY(QDir(directory.path()).isEmpty());
}

QTEST_MAIN(TestClosing)
#include "tst_closing.moc"
