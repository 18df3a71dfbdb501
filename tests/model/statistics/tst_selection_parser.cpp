// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/statistics/selection_parser.h"
#include "model/vcpu_walk.h"

using namespace exitscope;

class TestSelectionParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void times_data();
    void times();
    void badTimes_data();
    void badTimes();
    void originIsTheEarliestUsedHost();
    void everything();
    void nothing();
    void nameWithComma();
    void nameOnTwoHosts();
    void vcpuKnownByItsThread_data();
    void vcpuKnownByItsThread();
    void reasonsByCode();
    void errors_data();
    void errors();
};

namespace {

constexpr Ns kOrigin = 1'795'386'299'019'930'522;

Recording twoVms()
{
    Recording recording;
    TraceInfo host;
    host.role = TraceRole::Host;
    host.used = true;
    host.beginNs = kOrigin;
    TraceInfo unused = host;
    unused.used = false;
    unused.beginNs = kOrigin - 500;
    TraceInfo guest = host;
    guest.role = TraceRole::Guest;
    guest.beginNs = 1;
    recording.traces = {guest, unused, host};

    Vm vm0{QStringLiteral("vm0"), 100, {}};
    vm0.vcpus.resize(2);
    vm0.vcpus[0].number = QStringLiteral("0");
    vm0.vcpus[1].number = QStringLiteral("1");
    Vm comma{QStringLiteral("a,b"), 200, {}};
    comma.vcpus.resize(1);
    comma.vcpus[0].number = QStringLiteral("pCPU 0");
    recording.hosts.push_back({{kOrigin, kOrigin + 1000}, {vm0, comma}});
    recording.reasons.indexOf({2, 120});
    recording.reasons.indexOf({2, 96});
    return recording;
}

} // namespace

void TestSelectionParser::times_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("expected");
    QTest::newRow("absolute") << QStringLiteral("1795386299019930522") << qint64(kOrigin);
    QTest::newRow("negative") << QStringLiteral("-5") << qint64(-5);
    QTest::newRow("s") << QStringLiteral("+3.18s") << qint64(kOrigin + 3'180'000'000);
    QTest::newRow("s to the ns") << QStringLiteral("+0.123456789s") << qint64(kOrigin + 123'456'789);
    QTest::newRow("ms") << QStringLiteral("+250ms") << qint64(kOrigin + 250'000'000);
    QTest::newRow("us") << QStringLiteral("+10us") << qint64(kOrigin + 10'000);
    QTest::newRow("µs") << QStringLiteral("+1.5µs") << qint64(kOrigin + 1500);
    QTest::newRow("ns") << QStringLiteral("+5ns") << qint64(kOrigin + 5);
    QTest::newRow("zeros behind") << QStringLiteral("+5.000ns") << qint64(kOrigin + 5);
    QTest::newRow("none") << QStringLiteral("+0s") << qint64(kOrigin);
}

void TestSelectionParser::times()
{
    QFETCH(QString, text);
    QFETCH(qint64, expected);
    QString error;
    const std::optional<Ns> time = parseTime(text, kOrigin, error);
    QVERIFY2(time, qPrintable(error));
    QCOMPARE(*time, Ns(expected));
}

void TestSelectionParser::badTimes_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"+3.18", "3.18s", "+s", "+.5s", "+1.s", "+1h", "+ 1s", "+0.5ns", "+1.0001us", "+-1s", "+1",
             "99999999999999999999", "+99999999999s", "soon"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void TestSelectionParser::badTimes()
{
    QFETCH(QString, text);
    QString error;
    QVERIFY(!parseTime(text, kOrigin, error));
    QVERIFY(error.contains(text));
}

void TestSelectionParser::originIsTheEarliestUsedHost()
{
    QCOMPARE(originOf(twoVms()).value(), kOrigin);
    QVERIFY(!originOf(Recording{}));
    QString error;
    QVERIFY(!parseTime(QStringLiteral("+1s"), std::nullopt, error));
    QVERIFY(error.contains(QStringLiteral("no host trace")));
}

void TestSelectionParser::everything()
{
    SelectionTexts texts;
    texts.from = QStringLiteral("+10ns");
    texts.to = QStringLiteral("+20ns");
    texts.vcpus = QStringList{QStringLiteral("vm0/0,vm0/1")};
    texts.reasons = QStringList{QStringLiteral("HLT,2:96"), QStringLiteral("vintr")};
    texts.scenarios = QStringList{QStringLiteral("halt"), QStringLiteral("page-fault,qemu")};
    texts.minNs = QStringLiteral("0");
    texts.maxNs = QStringLiteral("5000");
    texts.addresses = QStringList{QStringLiteral("0xffffffff81158515,16"), QStringLiteral("0X1f")};
    texts.pcpus = QStringList{QStringLiteral("none,3")};
    texts.targets = QStringList{QStringLiteral("port:0x3F8,cr:3"), QStringLiteral("page:4097")};
    texts.regions = QStringList{QStringLiteral("page:0x2fffff,none")};
    texts.userspace = QStringList{QStringLiteral("kvm_exit_io,failed")};
    texts.touches = QStringList{QStringLiteral("first,device")};
    QString error;
    const auto selection = parseSelection(texts, twoVms(), error);
    QVERIFY2(selection, qPrintable(error));
    Selection expected;
    expected.from = kOrigin + 10;
    expected.to = kOrigin + 20;
    expected.vcpus = {VcpuKey{{0, 0}, 0}, VcpuKey{{0, 0}, 1}};
    expected.reasons = {{1, 12}, {2, 96}, {2, 100}, {2, 120}};
    expected.scenarios = {Scenario::Halt, Scenario::PageFault, Scenario::Qemu};
    expected.minNs = 0;
    expected.maxNs = 5000;
    expected.addresses = {0xffffffff81158515, 16, 0x1f};
    expected.pcpus = {kNoPcpu, 3};
    expected.targets = {Target::of(TargetKind::Port, 0x3f8), Target::of(TargetKind::ControlRegister, 3),
        Target::of(TargetKind::Page, 4096)};
    expected.regions = {Target::of(TargetKind::Page, 0x200000), Target{}};
    expected.userspace = {2, kFailedUserspaceExit};
    expected.touches = {PageTouch::First, PageTouch::Device};
    QVERIFY(*selection == expected);
}

void TestSelectionParser::nothing()
{
    QString error;
    const auto selection = parseSelection({}, Recording{}, error);
    QVERIFY(selection && *selection == Selection{});
}

void TestSelectionParser::nameOnTwoHosts()
{
    Recording recording = twoVms();
    recording.hosts.push_back(recording.hosts.front());
    SelectionTexts texts;
    texts.vcpus = QStringList{QStringLiteral("vm0/1")};
    QString error;
    const auto selection = parseSelection(texts, recording, error);
    QVERIFY2(selection, qPrintable(error));
    QCOMPARE(selection->vcpus, (std::set<VcpuKey>{{{0, 0}, 1}, {{1, 0}, 1}}));
}

void TestSelectionParser::nameWithComma()
{
    SelectionTexts texts;
    texts.vcpus = QStringList{QStringLiteral("a,b/pCPU 0"), QStringLiteral("vm0/1")};
    QString error;
    const auto selection = parseSelection(texts, twoVms(), error);
    QVERIFY2(selection, qPrintable(error));
    QCOMPARE(selection->vcpus, (std::set<VcpuKey>{{{0, 1}, 0}, {{0, 0}, 1}}));
}

void TestSelectionParser::vcpuKnownByItsThread_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *text, const QStringList &expected) {
        QTest::newRow(text) << QString::fromUtf8(text) << expected;
    };
    const QString byThread = QStringLiteral("vm0/tid 904");
    const QString numbered = QStringLiteral("vm0/0");
    row("vm0/tid 904", {byThread});
    row("\"vm0/tid 904\"", {byThread});
    row("vm0/0,vm0/tid 904", {numbered, byThread});
    row("\"vm0/tid 904\",vm0/0", {numbered, byThread});
    row("\"a,b/pCPU 0\",\"vm0/tid 904\"", {QStringLiteral("a,b/pCPU 0"), byThread});
    // No other way to write it.
    row("vm0/904", {});
    row("vm0/tid", {});
    row("vm0/tid 904\"", {});
}

void TestSelectionParser::vcpuKnownByItsThread()
{
    QFETCH(QString, text);
    QFETCH(QStringList, expected);
    Recording recording = twoVms();
    recording.hosts.front().vms.front().vcpus[1].number = QStringLiteral("tid 904");
    SelectionTexts texts;
    texts.vcpus = QStringList{text};
    QString error;
    const auto selection = parseSelection(texts, recording, error);
    QCOMPARE(bool(selection), !expected.isEmpty());
    if (!selection)
        QVERIFY2(error.contains(QStringLiteral("vm0/0, vm0/tid 904, a,b/pCPU 0")), qPrintable(error));
    std::set<VcpuKey> keys;
    for (const QString &id : expected)
        keys.insert(vcpusNamed(recording, id).front().key);
    if (selection)
        QCOMPARE(selection->vcpus, keys);
}

void TestSelectionParser::reasonsByCode()
{
    SelectionTexts texts;
    texts.reasons = QStringList{QStringLiteral("1:0x10000,1:65537"), QStringLiteral("2:0x80001234")};
    QString error;
    const auto selection = parseSelection(texts, twoVms(), error);
    QVERIFY2(selection, qPrintable(error));
    QCOMPARE(selection->reasons, (std::set<ReasonKey>{{1, 0x10000}, {1, 0x10001}, {2, 0x80001234}}));
}

void TestSelectionParser::errors_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *option, const char *text, const char *part) {
        QTest::addRow("%s %s", option, text)
            << QString::fromUtf8(option) << QString::fromUtf8(text) << QString::fromUtf8(part);
    };
    row("vcpu", "vm0/7", "vm0/0, vm0/1, a,b/pCPU 0");
    row("vcpu", "vm0/0,", "no vCPU ''");
    row("reason", "coffee", "hlt, interrupt");
    row("reason", "1:0x", "'1:0x'");
    row("scenario", "Halt", "qemu, halt, interrupt, page-fault, preempted, host");
    row("from", "soon", "'soon'");
    row("to", "+0ns", "before it begins");
    row("min", "-1", "'-1'");
    row("min", "10us", "whole nanoseconds");
    row("max", "5", "below the shortest");
    row("address", "main", "'main' is no address");
    row("address", "0x10,", "'' is no address");
    row("address", "0x1ffffffffffffffff", "is no address");
    row("pcpu", "-1", "'-1' is no pCPU");
    row("pcpu", "65536", "'65536' is no pCPU");
    row("target", "0x3f8", "'0x3f8' is no target; give KIND:VALUE such as port:0x3f8, or 'none'; kinds are: port, msr");
    row("target", "ports:1", "'ports:1' is no target");
    row("target", "port:", "'port:' is no target");
    row("target", "none:0", "'none:0' is no target");
    row("target", "page:0x10000000000000", "is no target");
    row("region", "page", "'page' is no target");
    row("userspace", "IO", "no exit to user space 'IO'");
    row("touch", "second", "there are: none, first, repeated, device");
}

void TestSelectionParser::errors()
{
    QFETCH(QString, option);
    QFETCH(QString, text);
    QFETCH(QString, part);
    SelectionTexts texts;
    texts.from = option == QLatin1String("from") ? text : QStringLiteral("+1ns");
    texts.to = option == QLatin1String("to") ? text : QString();
    texts.minNs = option == QLatin1String("min") ? text : QStringLiteral("10");
    texts.maxNs = option == QLatin1String("max") ? text : QString();
    texts.vcpus = option == QLatin1String("vcpu") ? QStringList{text} : QStringList();
    texts.reasons = option == QLatin1String("reason") ? QStringList{text} : QStringList();
    texts.scenarios = option == QLatin1String("scenario") ? QStringList{text} : QStringList();
    texts.addresses = option == QLatin1String("address") ? QStringList{text} : QStringList();
    texts.pcpus = option == QLatin1String("pcpu") ? QStringList{text} : QStringList();
    texts.targets = option == QLatin1String("target") ? QStringList{text} : QStringList();
    texts.regions = option == QLatin1String("region") ? QStringList{text} : QStringList();
    texts.userspace = option == QLatin1String("userspace") ? QStringList{text} : QStringList();
    texts.touches = option == QLatin1String("touch") ? QStringList{text} : QStringList();
    QString error;
    QVERIFY(!parseSelection(texts, twoVms(), error));
    QVERIFY2(error.contains(part), qPrintable(error));
}

QTEST_GUILESS_MAIN(TestSelectionParser)
#include "tst_selection_parser.moc"
