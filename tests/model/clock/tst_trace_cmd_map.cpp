// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

#include "model/clock/alignment.h"
#include "model/load/load.h"

using namespace exitscope;

namespace {

const QString kStock = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock");

template <typename Number>
void put(QByteArray &to, Number value)
{
    const Number little = qToLittleEndian(value);
    to.append(reinterpret_cast<const char *>(&little), sizeof little);
}

template <typename Number>
Number at(const QByteArray &bytes, qsizetype offset)
{
    return qFromLittleEndian<Number>(bytes.constData() + offset);
}

// Where the option stands that ends all options of a trace.dat of version 7.
qsizetype endOfOptions(const QByteArray &file)
{
    constexpr qsizetype kSectionHead = 16;
    qsizetype offset = 10 + 2 + 1 + 1 + 4; // magic, version, byte order, size of a long, of a page
    for (int text = 0; text < 2; ++text) // how it is packed
        offset = file.indexOf('\0', offset) + 1;
    for (quint64 section = at<quint64>(file, offset); section != 0;) {
        offset = qsizetype(section) + kSectionHead;
        while (at<quint16>(file, offset) != 0)
            offset += 6 + at<quint32>(file, offset + 2);
        section = at<quint64>(file, offset + 6);
    }
    return offset;
}

// A copy with one more option.
QString withOption(const QString &file, const QString &copy, quint16 id, const QByteArray &data)
{
    QFile from(file);
    if (!from.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file));
    QByteArray bytes = from.readAll();
    const qsizetype end = endOfOptions(bytes);
    const quint64 next = qToLittleEndian(quint64(bytes.size()));
    memcpy(bytes.data() + end + 6, &next, sizeof next);
    put(bytes, quint16(0)); // a section of options
    put(bytes, quint16(0));
    put(bytes, quint32(0));
    put(bytes, quint64(6 + data.size() + 14));
    put(bytes, id);
    put(bytes, quint32(data.size()));
    bytes += data;
    put(bytes, quint16(0)); // no more
    put(bytes, quint32(8));
    put(bytes, quint64(0));
    QFile to(copy);
    if (!to.open(QIODevice::WriteOnly) || to.write(bytes) != bytes.size())
        qFatal("%s cannot be written", qPrintable(copy));
    return copy;
}

// As trace-cmd's manual page trace-cmd.dat.v7 has it: of two CPUs, all with the same (time, offset).
QByteArray timeShift(const std::vector<std::pair<Ns, Ns>> &measured, bool interpolates)
{
    QByteArray data;
    put(data, quint64(0x1234)); // the host's recording
    put(data, quint32(interpolates ? 1 : 0));
    put(data, quint32(2));
    for (int cpu = 0; cpu < 2; ++cpu) {
        put(data, quint32(measured.size()));
        for (const auto &[time, offset] : measured)
            put(data, qint64(time));
        for (const auto &[time, offset] : measured)
            put(data, qint64(offset));
        for (std::size_t i = 0; i < measured.size(); ++i)
            put(data, quint64(1) << 8);
    }
    for (std::size_t i = 0; i < 2 * measured.size(); ++i)
        put(data, quint64(8)); // bits behind the point of those
    return data;
}

QByteArray guestThreads(const QByteArray &name, const std::vector<std::pair<int, int>> &tidOfVcpu)
{
    QByteArray data = name + '\0';
    put(data, quint64(0x5678));
    put(data, quint32(tidOfVcpu.size()));
    for (const auto &[vcpu, tid] : tidOfVcpu) {
        put(data, quint32(vcpu));
        put(data, quint32(tid));
    }
    return data;
}

Recording load(const QStringList &paths)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording(paths, options);
}

// From the guest's CLOCK_MONOTONIC to the host's, as it was measured with TSC readings beside the recording.
ClockLine truth()
{
    constexpr Ns kHostOffset = 1'795'390'396'165'695'539, kGuestOffset = 1'795'348'814'328'194'120; // of LTTng
    QFile file(kStock % QStringLiteral("/truth.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file.fileName()));
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    return {object[QStringLiteral("reference_guest_ns")].toInteger() - kGuestOffset,
        object[QStringLiteral("host_at_reference_ns")].toInteger() - kHostOffset,
        object[QStringLiteral("scale_minus_1_ppm")].toDouble() * 1e-6};
}

constexpr Ns kBegin = 117'000'000'000, kEnd = 133'000'000'000; // of guest.dat, on its clock

} // namespace

// What a trace.dat says of guests itself: of a host which threads are whose vCPUs, of a guest how its clock was
// measured.
class TestTraceCmdMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void shiftIsTaken_data();
    void shiftIsTaken();
    void wrongShiftIsTold();
    void threadsAreVcpus();

private:
    QTemporaryDir m_dir;
};

void TestTraceCmdMap::initTestCase()
{
    if (!QFile::exists(kStock))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
}

void TestTraceCmdMap::shiftIsTaken_data()
{
    QTest::addColumn<bool>("interpolates");
    QTest::newRow("an offset until the next") << false;
    QTest::newRow("evenly from the one to the next") << true;
}

void TestTraceCmdMap::shiftIsTaken()
{
    QFETCH(bool, interpolates);
    const ClockLine line = truth();
    std::vector<std::pair<Ns, Ns>> measured; // each quarter of a second, as trace-cmd does
    for (Ns time = kBegin; time <= kEnd; time += 250'000'000)
        measured.emplace_back(time, line.toHost(time) - time);
    const QString guest = withOption(kStock % QStringLiteral("/guest.dat"), m_dir.filePath(QStringLiteral("guest.dat")),
        12, timeShift(measured, interpolates));
    const Recording recording = load({kStock % QStringLiteral("/host.dat"), guest});
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const Alignments found = alignGuests(recording);
    const GuestAlignment &alignment = found.guests.at(0);
    QCOMPARE(methodName(alignment.method), QStringLiteral("trace-cmd"));
    QCOMPARE(verdictName(alignment.verdict), QStringLiteral("aligned"));
    QVERIFY(alignment.containment.known > 2000);
    QVERIFY2(found.diagnostics.empty(),
        qPrintable(found.diagnostics.empty() ? QString() : found.diagnostics.front().message));
    // At 35 ppm the clocks part by 9 us between two of them.
    for (Ns time = kBegin; time < kEnd; time += 33'333'333)
        QVERIFY2(std::abs(alignment.map.toHost(time) - line.toHost(time)) <= (interpolates ? 2 : 9000),
            qPrintable(QString::number(alignment.map.toHost(time) - line.toHost(time))));
}

void TestTraceCmdMap::wrongShiftIsTold()
{
    const ClockLine line = truth();
    const Ns wrong = 37'000'000;
    const QString guest = withOption(kStock % QStringLiteral("/guest.dat"), m_dir.filePath(QStringLiteral("wrong.dat")),
        12, timeShift({{kBegin, line.toHost(kBegin) - kBegin + wrong}}, false));
    const Recording recording = load({kStock % QStringLiteral("/host.dat"), guest});
    const Alignments found = alignGuests(recording);
    QCOMPARE(found.diagnostics.size(), std::size_t(1));
    QCOMPARE(found.diagnostics[0].code, QStringLiteral("guest-shift-wrong"));
    QCOMPARE(found.diagnostics[0].path, guest);
    const GuestAlignment &alignment = found.guests.at(0);
    QCOMPARE(methodName(alignment.method), QStringLiteral("containment"));
    QCOMPARE(verdictName(alignment.verdict), QStringLiteral("aligned"));
    const Ns middle = (kBegin + kEnd) / 2;
    QVERIFY(std::abs(alignment.map.toHost(middle) - line.toHost(middle)) <= alignment.uncertainty().value());
}

// For certain: before what the events say, and so no process needs to be known.
void TestTraceCmdMap::threadsAreVcpus()
{
    const QString host = withOption(kStock % QStringLiteral("/host.dat"), m_dir.filePath(QStringLiteral("host.dat")),
        13, guestThreads("web server", {{0, 240}, {1, 239}}));
    const Recording recording = load({host});
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(recording.hosts[0].vms.size(), std::size_t(1));
    const Vm &vm = recording.hosts[0].vms[0];
    QCOMPARE(vm.name, QStringLiteral("web server"));
    QCOMPARE(vm.vcpus.size(), std::size_t(2));
    QCOMPARE(vm.vcpus[0].number, QStringLiteral("0"));
    QCOMPARE(vm.vcpus[0].tid, std::optional(240));
    QCOMPARE(vm.vcpus[1].tid, std::optional(239));
    QVERIFY(std::ranges::none_of(recording.diagnostics,
        [](const Diagnostic &diagnostic) { return diagnostic.code == QLatin1String("processes-unknown"); }));
}

QTEST_GUILESS_MAIN(TestTraceCmdMap)
#include "tst_trace_cmd_map.moc"
