// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QtEndian>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "model/load/load.h"
#include "model/source/metadata_text.h"
#include "model/source/path_bytes.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/ctf_writer.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

// Of resources/sample/host.
constexpr qint64 kEvents = 91'086;
constexpr qsizetype kExits = 8'300;
constexpr qint64 kEventsOfFirst = 15'075; // in ch_0

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

void rename(const QString &from, const QByteArray &to)
{
    QCOMPARE(::rename(pathBytes(from).constData(), to.constData()), 0);
}

void swap(const QString &a, const QString &b)
{
    QVERIFY(QFile::rename(a, a + text(".x")) && QFile::rename(b, a) && QFile::rename(a + text(".x"), b));
}

// Of this process and of those that it started and that are over: other work on the machine makes it no longer.
double cpuSeconds()
{
    double seconds = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        ::getrusage(who, &usage);
        for (const timeval &time : {usage.ru_utime, usage.ru_stime})
            seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
    return seconds;
}

// That this process took from files.
qint64 bytesRead()
{
    QFile file(text("/proc/self/io"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("/proc/self/io cannot be read");
    return file.readLine().mid(7).trimmed().toLongLong(); // "rchar: 123"
}

void swapStreams(const QString &host)
{
    swap(host + text("/ch_0"), host + text("/ch_1"));
}

void swapIndexes(const QString &host)
{
    swap(host + text("/index/ch_0.idx"), host + text("/index/ch_1.idx"));
}

QByteArray bigEndian(quint64 value)
{
    QByteArray bytes(8, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

void putInPlaceOf(const QString &file, const std::function<int(const char *)> &make)
{
    QFile::remove(file);
    QCOMPARE(make(QFile::encodeName(file).constData()), 0);
}

int makeFifo(const char *name)
{
    return ::mkfifo(name, 0600);
}

int makeSocket(const char *name)
{
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    qstrncpy(address.sun_path, name, sizeof address.sun_path);
    const int result = ::bind(made, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    ::close(made);
    return result;
}

int linkToDevice(const char *name)
{
    return ::symlink("/dev/zero", name);
}

int linkToTooLong(const char *name)
{
    return ::symlink(QByteArray(4000, 'x').constData(), name);
}

int makeEmpty(const char *name)
{
    return ::mknod(name, S_IFREG | 0600, 0);
}

int makeDirectory(const char *name)
{
    return ::mkdir(name, 0700);
}

} // namespace

// Files and directories as people have them: what can be read is read, what is lost is told once with its path.
class TestInputs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_host = copyTree(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host"), m_dir->filePath(text("host")));
    }

    void cleanup() { std::filesystem::remove_all(m_dir->path().toStdString()); } // Qt leaves names that are no UTF-8

    void allIsRead_data();
    void allIsRead();
    void namesAreBytes();
    void lostStreamIsNamed_data();
    void lostStreamIsNamed();
    void nothingBlocks();
    void copies_data();
    void copies();
    void brokenStreamCountsWhatWasRead();
    void strayFilesAreOneLine();
    void hugeFileBesideTheStreams();
    void clockWithoutFrequency();
    void longWordInMetadata();
    void packetNumbersStepBack();
    void impossibleNumbersInAPacket_data();
    void impossibleNumbersInAPacket();
    void packetsTwice();
    void noClock();
    void textOfATraceIsVisible();
    void manyChunks();
    void cancelIsQuick();

private:
    Recording load() const { return loadRecording({m_host}, options()); }

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_host;
};

void TestInputs::allIsRead_data()
{
    using Damage = std::function<void(const QString &)>;
    QTest::addColumn<Damage>("damage");
    const auto row = [](const char *name, const Damage &damage) { QTest::newRow(name) << damage; };
    row("as it is", [](const QString &) {});
    row("streams swapped", &swapStreams);
    row("indexes swapped", &swapIndexes);
    row(
        "false size in an index",
        [](const QString &host) { overwrite(host + text("/index/ch_1.idx"), 16 + 8, bigEndian(1ull << 40)); });
    row(
        "false offset in an index",
        [](const QString &host) { overwrite(host + text("/index/ch_1.idx"), 16 + 72, bigEndian(1ull << 62)); });
    row(
        "a bit flipped in an index",
        [](const QString &host) { overwrite(host + text("/index/ch_1.idx"), 16 + 8 + 4, QByteArray(1, '\x41')); });
    row(
        "no index", [](const QString &host) { QVERIFY(QDir(host + text("/index")).removeRecursively()); });
    row("a FIFO as an index", [](const QString &host) { putInPlaceOf(host + text("/index/ch_0.idx"), &makeFifo); });
    row("a stream whose name is no UTF-8", [](const QString &host) {
        rename(host + text("/ch_0"), QFile::encodeName(host) + "/caf\xe9_0");
        rename(host + text("/index/ch_0.idx"), QFile::encodeName(host) + "/index/caf\xe9_0.idx");
    });
}

void TestInputs::allIsRead()
{
    QFETCH(std::function<void(const QString &)>, damage);
    damage(m_host);
    const Recording recording = load();
    QCOMPARE(recording.traces.size(), std::size_t(1));
    QCOMPARE(recording.traces[0].events, kEvents);
    QVERIFY(recording.traces[0].lossesAreKnown);
    QCOMPARE(exitsOf(recording), kExits);
    QCOMPARE(codes(recording.diagnostics), QStringList());
}

void TestInputs::namesAreBytes()
{
    const QByteArray name = QFile::encodeName(m_dir->path()) + "/\xe9t\xe9";
    rename(m_host, name);
    for (const QByteArray &given : {name, QFile::encodeName(m_dir->path())}) {
        const Recording recording = loadRecording({pathText(given)}, options());
        QCOMPARE(exitsOf(recording), kExits);
        QCOMPARE(pathBytes(recording.traces[0].path), name);
    }
}

void TestInputs::lostStreamIsNamed_data()
{
    using Make = std::function<int(const char *)>;
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("words");
    const auto row
        = [](const char *name, const Make &make, const char *words) { QTest::newRow(name) << make << text(words); };
    row("emptied", &makeEmpty, "it is empty, though its index names packets");
    row("a directory", &makeDirectory, "it is a directory");
    row("a FIFO", &makeFifo, "it is a FIFO");
    row("a socket", &makeSocket, "it is a socket");
    row("a link to a device", &linkToDevice, "it is a device");
    row("a link to nowhere, of a long name", &linkToTooLong, "it cannot be reached");
}

void TestInputs::lostStreamIsNamed()
{
    QFETCH(std::function<int(const char *)>, make);
    QFETCH(QString, words);
    const QString file = m_host + text("/ch_1");
    putInPlaceOf(file, make);
    const Recording recording = load();
    QCOMPARE(codes(recording.diagnostics), QStringList{text("stream-unreadable")});
    QCOMPARE(recording.diagnostics[0].path, file);
    QVERIFY2(recording.diagnostics[0].message.contains(words), qPrintable(recording.diagnostics[0].message));
    QCOMPARE(recording.traces[0].events, kEventsOfFirst);
    QVERIFY(!recording.traces[0].lossesAreKnown);
}

// A search opens nothing but files, whatever links lead to.
void TestInputs::nothingBlocks()
{
    QCOMPARE(::mkfifo(QFile::encodeName(m_dir->filePath(text("fifo"))).constData(), 0600), 0);
    QVERIFY(QFile::link(text("/proc/kmsg"), m_dir->filePath(text("kmsg"))));
    QVERIFY(QFile::link(text("/proc"), m_dir->filePath(text("proc"))));
    QVERIFY(QFile::link(text("/dev/zero"), m_host + text("/zero")));
    const Recording recording = loadRecording({m_dir->path()}, options());
    QCOMPARE(exitsOf(recording), kExits);
    QCOMPARE(codes(loadRecording({text("/proc")}, options()).diagnostics),
        (QStringList{text("no-trace"), text("not-searched")}));
}

void TestInputs::copies_data()
{
    QTest::addColumn<QList<int>>("sizes"); // of the copies; -1: whole
    QTest::newRow("one") << QList<int>{-1};
    QTest::newRow("one cut") << QList<int>{300'000};
    QTest::newRow("two cut") << QList<int>{300'000, 400'001};
}

void TestInputs::copies()
{
    QFETCH(QList<int>, sizes);
    for (qsizetype i = 0; i < sizes.size(); ++i) {
        const QString copy = m_host + QStringLiteral("/ch_0.%1").arg(i);
        QVERIFY(QFile::copy(m_host + text("/ch_0"), copy));
        QVERIFY(sizes[i] < 0 || QFile::resize(copy, sizes[i]));
    }
    const Recording recording = load();
    QCOMPARE(recording.traces[0].events, kEvents);
    QCOMPARE(exitsOf(recording), kExits);
    QCOMPARE(codes(recording.diagnostics), QStringList(sizes.size(), text("file-passed-over")));
    QVERIFY(recording.diagnostics[0].message.contains(text("repeats ch_0 ")));
}

void TestInputs::brokenStreamCountsWhatWasRead()
{
    overwrite(m_host + text("/ch_1"), 1'000'000, QByteArray(20'000, '\xab'));
    const Recording recording = load();
    QCOMPARE(codes(recording.diagnostics), QStringList{text("stream-unreadable")});
    const TraceInfo &info = recording.traces[0];
    QVERIFY(!info.lossesAreKnown);
    // By babeltrace2: `babeltrace2 host | grep -c "cpu_id = 1 "` of the damaged trace, and all of ch_0.
    QCOMPARE(info.events, kEventsOfFirst + 21'795);
}

void TestInputs::strayFilesAreOneLine()
{
    for (int i = 0; i < 50; ++i)
        writeFile(m_host + QStringLiteral("/note%1.txt").arg(i, 2, 10, QLatin1Char('0')), "monday");
    const Recording recording = load();
    QCOMPARE(recording.traces[0].events, kEvents);
    const Diagnostic told = theOne(recording.diagnostics, "file-passed-over");
    QCOMPARE(told.count, 50);
    QCOMPARE(told.path, m_host + text("/note00.txt"));
    QVERIFY(told.message.startsWith(text("50 files")));
}

void TestInputs::hugeFileBesideTheStreams()
{
    const QString image = m_host + text("/disk.img");
    writeFile(image, "x");
    QVERIFY(QFile::resize(image, 12ll << 30));
    const qint64 before = bytesRead();
    QVERIFY(before > 0);
    const Recording recording = load();
    QVERIFY2(bytesRead() - before < 64 << 20, qPrintable(QString::number(bytesRead() - before)));
    QCOMPARE(recording.traces[0].events, kEvents);
    QCOMPARE(theOne(recording.diagnostics, "file-passed-over").path, image);
}

// It is 1 GHz then.
void TestInputs::clockWithoutFrequency()
{
    const QString metadata = m_host + text("/metadata");
    QFile file(metadata);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray bytes = file.readAll();
    file.close();
    const qsizetype at = bytes.indexOf("freq = 1000000000;");
    QVERIFY(at > 0);
    writeFile(metadata, bytes.replace(at, 18, QByteArray(18, ' ')));
    const Recording recording = load();
    QCOMPARE(codes(recording.diagnostics), QStringList());
    QCOMPARE(recording.traces[0].events, kEvents);
    QCOMPARE(recording.traces[0].description.clockFrequency, std::uint64_t(1'000'000'000));
}

void TestInputs::longWordInMetadata()
{
    writeFile(m_host + text("/metadata"), "/* CTF 1.8 */\n" + QByteArray(10 << 20, 'x'));
    const double before = cpuSeconds();
    const Recording recording = load();
    QVERIFY2(cpuSeconds() - before < 5, qPrintable(QString::number(cpuSeconds() - before)));
    QCOMPARE(codes(recording.diagnostics), QStringList{text("trace-unreadable")});
    QVERIFY2(recording.diagnostics[0].message.contains(text("word")), qPrintable(recording.diagnostics[0].message));
}

void TestInputs::packetNumbersStepBack()
{
    QVERIFY(QDir(m_host + text("/index")).removeRecursively());
    overwrite(m_host + text("/ch_1"), 64, QByteArray("\x11\0\0\0\0\0\0\0", 8)); // the first packet's; the second is 1
    const Recording recording = load();
    QCOMPARE(recording.traces[0].events, kEvents);
    QCOMPARE(codes(recording.diagnostics), QStringList{text("time-steps-back")});
}

void TestInputs::impossibleNumbersInAPacket_data()
{
    QTest::addColumn<int>("place"); // in its head
    QTest::addColumn<int>("packet");
    for (const int packet : {0, 1}) {
        QTest::addRow("content of packet %d", packet) << 48 << packet;
        QTest::addRow("end of packet %d", packet) << 40 << packet;
    }
}

// Its index knows them.
void TestInputs::impossibleNumbersInAPacket()
{
    QFETCH(int, place);
    QFETCH(int, packet);
    constexpr int kSecond = 2'097'152; // where it begins
    overwrite(m_host + text("/ch_1"), packet * kSecond + place, QByteArray(8, '\xff'));
    const Recording recording = load();
    QCOMPARE(codes(recording.diagnostics), QStringList{text("packet-repaired")});
    QCOMPARE(recording.diagnostics[0].path, m_host + text("/ch_1"));
    QCOMPARE(recording.traces[0].events, kEvents);
    QVERIFY(recording.traces[0].lossesAreKnown);
    QCOMPARE(exitsOf(recording), kExits);
    QVERIFY(QDir(m_host + text("/index")).removeRecursively());
    const Recording without = load();
    const bool isOfContent = place == 48;
    QCOMPARE(codes(without.diagnostics).isEmpty(), !isOfContent); // nobody knows its content now; its end nobody needs
    QCOMPARE(without.traces[0].events == kEvents, !isOfContent);
}

// Behind its end the stream begins anew: that is a step back, and nothing that was lost.
void TestInputs::packetsTwice()
{
    QVERIFY(QDir(m_host + text("/index")).removeRecursively());
    QFile file(m_host + text("/ch_1"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QByteArray bytes = file.readAll();
    QCOMPARE(file.write(bytes), bytes.size());
    file.close();
    const Recording recording = load();
    QCOMPARE(theOne(recording.diagnostics, "time-steps-back").path, m_host);
    QCOMPARE(recording.traces[0].events, kEventsOfFirst + 2 * (kEvents - kEventsOfFirst));
    QCOMPARE(recording.traces[0].discardedPackets, std::int64_t(0));
    QCOMPARE(recording.traces[0].discardedEvents, std::int64_t(0));
}

// As trace corpora have it: one line for the trace, and why.
void TestInputs::noClock()
{
    const QString metadata = m_host + text("/metadata");
    QByteArray bytes = readMetadataText(metadata);
    bytes.replace("map = clock.monotonic.value;", "");
    bytes.replace("lttng-modules", "other"); // whose traces always have one, thinks the library
    bytes.replace("timestamp", "moment"); // it makes a clock for a field of that name
    writeFile(metadata, "/* CTF 1.8 */\n" + bytes);
    const Recording recording = load();
    QCOMPARE(codes(recording.diagnostics), QStringList{text("trace-unreadable")});
    QCOMPARE(recording.diagnostics[0].path, m_host);
    QVERIFY2(recording.diagnostics[0].message.contains(text("no clock, so its events have no times")),
        qPrintable(recording.diagnostics[0].message));
}

void TestInputs::textOfATraceIsVisible()
{
    const QString metadata = m_host + text("/metadata");
    QFile file(metadata);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray bytes = file.readAll();
    file.close();
    const qsizetype at = bytes.indexOf("\"l1host\"");
    QVERIFY(at > 0);
    writeFile(metadata, bytes.replace(at, 8, "\"\x1b[2J\\n\""));
    const Recording recording = load();
    QCOMPARE(recording.traces[0].description.hostname, std::string("\\x1b[2J\\x0a"));
}

// A session that was rotated often: what it costs to open a trace must not be more than what it costs to read it.
void TestInputs::manyChunks()
{
    constexpr int kChunks = 40;
    constexpr int kCpus = 16;
    constexpr int kExitsEach = 250;
    const QTemporaryDir session;
    for (int chunk = 0; chunk < kChunks; ++chunk) {
        CtfTrace trace(session.filePath(QString::number(chunk)).toStdString());
        for (int event = 0; event < 800; ++event) // as many as LTTng declares system calls
            trace.options.declared.push_back("syscall_entry_" + std::to_string(event));
        for (int cpu = 0; cpu < kCpus; ++cpu) {
            std::int64_t at = chunk * 100'000'000ll + cpu;
            const std::string tid = " tid=" + std::to_string(100 + cpu);
            for (int i = 0; i < kExitsEach; ++i) {
                trace.stream(cpu).event(at += 1000, "kvm_entry" + tid);
                trace.stream(cpu).event(at += 1000, "kvm_exit reason=10 isa=1" + tid);
            }
        }
        trace.write();
    }
    const double before = cpuSeconds();
    const Recording recording = loadRecording({session.path()}, options());
    // Three seconds of two processors; more than a minute when each stream parsed the metadata.
    QVERIFY2(cpuSeconds() - before < 25, qPrintable(QString::number(cpuSeconds() - before)));
    QCOMPARE(recording.traces.size(), std::size_t(kChunks));
    QCOMPARE(exitsOf(recording), qsizetype(kChunks * kCpus * kExitsEach));
}

void TestInputs::cancelIsQuick()
{
    QStringList paths;
    for (int i = 0; i < 60; ++i)
        paths.append(copyTree(m_host, m_dir->filePath(QString::number(i))));
    std::atomic<bool> cancel{false};
    QElapsedTimer sinceCancel;
    double before = 0;
    const auto progress = [&](const LoadProgress &) {
        if (cancel.exchange(true))
            return;
        sinceCancel.start();
        before = cpuSeconds();
    };
    loadRecording(paths, options(), progress, &cancel);
    QVERIFY(sinceCancel.isValid());
    // All of it takes six times as much; the machine may be busy with other things, too.
    QVERIFY2(cpuSeconds() - before < 3, qPrintable(QString::number(cpuSeconds() - before)));
    QVERIFY2(sinceCancel.elapsed() < 60'000, qPrintable(QString::number(sinceCancel.elapsed())));
}

QTEST_GUILESS_MAIN(TestInputs)
#include "tst_inputs.moc"
