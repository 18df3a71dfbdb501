// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/timeline/vcpu_naming.h"

using namespace exitscope;

// What vCPUs and VMs are called: manual "Definitions", Threads, vCPUs, VMs.
class TestVcpuNaming : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void claims_data();
    void claims();
    void sourceOfANumber_data();
    void sourceOfANumber();
    void nameOfAThread_data();
    void nameOfAThread();
    void eachHasItsOwnSource();
    void oneOfNoNumber();
    void rankWhereNoneHasANumber();
    void pluggedAgain();
    void pluggedAgainThrice();
    void sameNumberAtTheSameTime();
    void sameNumberAtTheSameTimeOnly();
    void threadIdThatCameBack();
    void threadIdThatCameBackAsAnother();
    void orderInAVm();
    void namesOfVms();
    void nothingIsWrong_data();
    void nothingIsWrong();
    void whatIsWrong_data();
    void whatIsWrong();
    void manyAreWrong();
};

namespace {

using Vcpus = std::vector<NamedVcpu>;

constexpr std::int64_t kAddress = 39'262'880; // what LTTng writes for kernels from 5.10

ClaimedId ids(std::initializer_list<std::int64_t> claims)
{
    ClaimedId id;
    for (const std::int64_t claim : claims)
        id.claim(claim);
    return id;
}

NamedVcpu vcpuThread(std::int32_t tid, const ClaimedId &entryIds, const ClaimedId &exitIds = {}, const char *name = "")
{
    NamedVcpu vcpu;
    vcpu.tid = tid;
    vcpu.pid = 30;
    vcpu.threadName = QString::fromUtf8(name);
    vcpu.entryIds = entryIds;
    vcpu.exitIds = exitIds;
    vcpu.firstEvent = 100;
    vcpu.lastEvent = 900;
    return vcpu;
}

NamedVcpu during(Ns first, Ns last, NamedVcpu vcpu)
{
    vcpu.firstEvent = first;
    vcpu.lastEvent = last;
    return vcpu;
}

NamedVcpu pseudo(std::int32_t pcpu)
{
    NamedVcpu vcpu = vcpuThread(kNoThread, ids({kAddress}));
    vcpu.pid.reset();
    vcpu.pcpu = pcpu;
    return vcpu;
}

std::vector<NamedVm> named(Vcpus vcpus)
{
    for (std::size_t i = 0; i < vcpus.size(); ++i)
        vcpus[i].source = i;
    return nameVms(vcpus, [](std::int32_t pid) { return pid == 30 ? QStringLiteral("qemu") : QString(); });
}

// "0: 31" or, of several threads, "0: 31 32"; which thread is known by its place in the list.
QStringList rowsText(const NamedVm &vm, const Vcpus &vcpus)
{
    QStringList texts;
    for (const NamedRow &row : vm.rows) {
        QString text = row.number + QLatin1Char(':');
        for (const std::size_t source : row.sources)
            text += QLatin1Char(' ') + QString::number(vcpus.at(source).tid);
        texts << text;
    }
    return texts;
}

QStringList rowsText(const Vcpus &vcpus)
{
    return rowsText(named(vcpus).at(0), vcpus);
}

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromUtf8(text);
    return result;
}

} // namespace

void TestVcpuNaming::claims_data()
{
    QTest::addColumn<QList<qint64>>("claims");
    QTest::addColumn<qint64>("value");
    QTest::addColumn<bool>("constant");
    const auto row = [](const char *name, const QList<qint64> &claims, qint64 value, bool constant) {
        QTest::newRow(name) << claims << value << constant;
    };
    row("no event", {}, -1, true);
    row("one", {5}, 5, true);
    row("the same", {5, 5, 5}, 5, true);
    row("another", {5, 6}, 6, false);
    row("another and back", {5, 6, 5}, 5, false);
    row("absent", {-1, -1}, -1, false);
    row("absent first", {-1, 5, 5}, 5, false);
    row("absent last", {5, 5, -1}, 5, false);
}

void TestVcpuNaming::claims()
{
    QFETCH(QList<qint64>, claims);
    ClaimedId id;
    for (const qint64 claim : claims)
        id.claim(claim);
    QTEST(qint64(id.value), "value");
    QTEST(id.constant, "constant");
    QCOMPARE(id.wasRecorded(), id.value != -1);
}

void TestVcpuNaming::sourceOfANumber_data()
{
    QTest::addColumn<QList<qint64>>("entryIds");
    QTest::addColumn<QList<qint64>>("exitIds");
    QTest::addColumn<QString>("threadName");
    QTest::addColumn<QString>("number");
    const auto row = [](const char *name, const QList<qint64> &entryIds, const QList<qint64> &exitIds,
                         const char *threadName, const char *number) {
        QTest::newRow(name) << entryIds << exitIds << QString::fromUtf8(threadName) << QString::fromUtf8(number);
    };
    row("entries before exits", {7, 7}, {5}, "CPU 3/KVM", "7");
    row("exits before the name", {}, {5, 5}, "CPU 3/KVM", "5");
    row("the name", {}, {}, "CPU 3/KVM", "3");
    row("none", {}, {}, "qemu", "tid 31");
    row("entries: the largest", {4095}, {5}, "", "4095");
    row("entries: too large", {4096}, {5}, "", "5");
    row("entries: an address", {kAddress}, {5}, "", "5");
    row("entries: negative", {-2}, {5}, "", "5");
    row("entries: not constant", {7, 8}, {5}, "", "5");
    row("entries: absent at one", {7, -1, 7}, {5}, "", "5");
    row("exits: too large", {}, {4096}, "CPU 3/KVM", "3");
    row("exits: not constant", {kAddress}, {5, 6}, "CPU 3/KVM", "3");
    row("exits: absent at one", {kAddress}, {5, -1}, "CPU 3/KVM", "3");
    row("nothing of use", {kAddress}, {5, 6}, "CPU 4096/KVM", "tid 31");
}

// Beside another vCPU, which has a number.
void TestVcpuNaming::sourceOfANumber()
{
    QFETCH(QList<qint64>, entryIds);
    QFETCH(QList<qint64>, exitIds);
    QFETCH(QString, threadName);
    NamedVcpu vcpu = vcpuThread(31, {});
    for (const qint64 id : entryIds)
        vcpu.entryIds.claim(id);
    for (const qint64 id : exitIds)
        vcpu.exitIds.claim(id);
    vcpu.threadName = threadName;
    const NamedVm vm = named({vcpu, vcpuThread(32, ids({0}))}).at(0);
    QCOMPARE(vm.rows.size(), std::size_t(2));
    QCOMPARE(vm.rows[0].number, QStringLiteral("0"));
    QTEST(vm.rows[1].number, "number");
    QCOMPARE(vm.rows[1].tid, 31);
    QVERIFY(vm.rows[1].sources == std::vector<std::size_t>{0});
}

void TestVcpuNaming::nameOfAThread_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("number");
    const auto row
        = [](const char *name, const char *number) { QTest::newRow(name) << QString::fromUtf8(name) << number; };
    row("CPU 2/KVM", "2");
    row("fc_vcpu 2", "2");
    row("crosvm_vcpu2", "2");
    row("vcpu2", "2");
    row("kvm-vcpu-2", "2");
    row("crosvm_vcpu4095", "4095");
    row("vcpu4096", "tid 31");
    row("CPU 10000/KVM", "tid 31");
    row("CPU 2/TCG", "tid 31");
    row("CPU 2/KVM2", "tid 31");
    row("vcpu", "tid 31");
    row("vcpu 2", "tid 31");
    row("a vcpu2", "tid 31");
    row("vcpu2a", "tid 31");
    row("fc_vcpu2", "tid 31");
}

void TestVcpuNaming::nameOfAThread()
{
    QFETCH(QString, name);
    NamedVcpu vcpu = vcpuThread(31, {});
    vcpu.threadName = name;
    QTEST(named({vcpu, vcpuThread(32, ids({0}))}).at(0).rows.at(1).number, "number");
}

// One vCPU's source says nothing of the others'.
void TestVcpuNaming::eachHasItsOwnSource()
{
    const Vcpus vcpus{vcpuThread(31, ids({kAddress}), ids({2})), vcpuThread(32, ids({1})),
        vcpuThread(33, ids({kAddress}), ids({3, 4}), "CPU 0/KVM")};
    QCOMPARE(rowsText(vcpus), list({"0: 33", "1: 32", "2: 31"}));
}

void TestVcpuNaming::oneOfNoNumber()
{
    const Vcpus vcpus{
        vcpuThread(901, ids({kAddress}), ids({0}), "qemu"), vcpuThread(904, ids({kAddress + 192}), {}, "qemu")};
    QCOMPARE(rowsText(vcpus), list({"0: 901", "tid 904: 904"}));
}

void TestVcpuNaming::rankWhereNoneHasANumber()
{
    const Vcpus vcpus{vcpuThread(35, ids({kAddress})), vcpuThread(32, ids({kAddress}))};
    QCOMPARE(rowsText(vcpus), list({"0: 32", "1: 35"}));
    QVERIFY(named(vcpus).at(0).ranked);
    QVERIFY(!named({vcpuThread(35, ids({kAddress})), vcpuThread(32, ids({1}))}).at(0).ranked);
}

// A vCPU that was unplugged comes back as another thread, here of a smaller tid.
void TestVcpuNaming::pluggedAgain()
{
    const Vcpus vcpus{during(600, 900, vcpuThread(700, ids({1}))), vcpuThread(901, ids({0})),
        during(100, 500, vcpuThread(902, ids({1}))), vcpuThread(903, ids({2}))};
    QCOMPARE(rowsText(vcpus), list({"0: 901", "1: 902 700", "2: 903"}));
    QCOMPARE(named(vcpus).at(0).rows.at(1).tid, 700);
}

void TestVcpuNaming::pluggedAgainThrice()
{
    const NamedVcpu first = during(100, 300, vcpuThread(33, ids({1})));
    const NamedVcpu second = during(301, 301, vcpuThread(32, {}, ids({1})));
    const NamedVcpu third = during(400, 900, vcpuThread(31, {}, {}, "vcpu1"));
    QCOMPARE(rowsText({third, first, second}), list({"1: 33 32 31"}));
}

void TestVcpuNaming::sameNumberAtTheSameTime()
{
    // Also one that is alone at its time: which of them is right is not known.
    const Vcpus vcpus{during(100, 500, vcpuThread(31, ids({1}))), during(400, 900, vcpuThread(32, ids({1}))),
        during(950, 960, vcpuThread(33, ids({1}))), vcpuThread(34, ids({0}))};
    QCOMPARE(rowsText(vcpus), list({"0: 34", "tid 31: 31", "tid 32: 32", "tid 33: 33"}));
    // One within the other; and both at one instant.
    QCOMPARE(rowsText({during(100, 900, vcpuThread(31, ids({1}))), during(200, 300, vcpuThread(32, ids({1}))),
                 vcpuThread(34, ids({0}))}),
        list({"0: 34", "tid 31: 31", "tid 32: 32"}));
    QCOMPARE(rowsText({during(100, 500, vcpuThread(31, ids({1}))), during(500, 900, vcpuThread(32, ids({1}))),
                 vcpuThread(34, ids({0}))}),
        list({"0: 34", "tid 31: 31", "tid 32: 32"}));
}

// What a source gives is not asked for again from the next: the numbers are wrong, and there are no others.
void TestVcpuNaming::sameNumberAtTheSameTimeOnly()
{
    const Vcpus vcpus{vcpuThread(31, ids({0}), ids({8})), vcpuThread(32, ids({0}), ids({7}))};
    QCOMPARE(rowsText(vcpus), list({"0: 31", "1: 32"}));
    QVERIFY(named(vcpus).at(0).ranked);
}

void TestVcpuNaming::threadIdThatCameBack()
{
    const NamedVcpu other = vcpuThread(31, ids({0}));
    // The same number again, even at the time at which the former died.
    QCOMPARE(rowsText({other, during(100, 500, vcpuThread(32, ids({1}))), during(500, 900, vcpuThread(32, ids({1})))}),
        list({"0: 31", "1: 32 32"}));
    QCOMPARE(rowsText({other, during(600, 900, vcpuThread(32, {})), during(100, 500, vcpuThread(32, {}))}),
        list({"0: 31", "tid 32: 32 32"}));
    // In the order of time, whatever it is that leaves them without a number.
    const Vcpus lives{during(100, 900, vcpuThread(33, ids({1}))), during(200, 300, vcpuThread(32, ids({1}))),
        during(100, 150, vcpuThread(32, {})), during(400, 500, vcpuThread(32, {})), other};
    const NamedVm vm = named(lives).at(0);
    QCOMPARE(rowsText(vm, lives), list({"0: 31", "tid 32: 32 32 32", "tid 33: 33"}));
    QVERIFY((vm.rows[1].sources == std::vector<std::size_t>{2, 1, 3}));
    // Where ranks stand for the numbers, one tid has one.
    QCOMPARE(rowsText({during(100, 500, vcpuThread(32, {})), during(600, 900, vcpuThread(32, {})), vcpuThread(33, {})}),
        list({"0: 32 32", "1: 33"}));
}

void TestVcpuNaming::threadIdThatCameBackAsAnother()
{
    const Vcpus vcpus{during(100, 500, vcpuThread(32, ids({1}))), during(600, 900, vcpuThread(32, ids({2}))),
        during(950, 960, vcpuThread(32, ids({kAddress})))};
    QCOMPARE(rowsText(vcpus), list({"1: 32", "2: 32", "tid 32: 32"}));
    const NamedVm vm = named(vcpus).at(0);
    QVERIFY(vm.rows[1].sources == std::vector<std::size_t>{1} && vm.rows[2].sources == std::vector<std::size_t>{2});
}

void TestVcpuNaming::orderInAVm()
{
    NamedVcpu late = vcpuThread(5, {});
    NamedVcpu early = vcpuThread(4'000'000, ids({10}));
    NamedVcpu large = vcpuThread(2'147'483'647, {});
    NamedVcpu second = vcpuThread(7, ids({9}));
    for (NamedVcpu *vcpu : {&late, &early, &large, &second})
        vcpu->pid.reset();
    const Vcpus vcpus{pseudo(10), large, late, pseudo(9), early, second};
    const std::vector<NamedVm> vms = named(vcpus);
    QCOMPARE(vms.size(), std::size_t(1));
    QCOMPARE(vms[0].name, QStringLiteral("vm"));
    QCOMPARE(rowsText(vms[0], vcpus),
        list({"9: 7", "10: 4000000", "tid 5: 5", "tid 2147483647: 2147483647", "pCPU 9: -1", "pCPU 10: -1"}));
    QCOMPARE(vms[0].rows.back().tid, kNoThread);
}

// Numbers are of a VM: those of others are the same. The VM of no known process is the last.
void TestVcpuNaming::namesOfVms()
{
    Vcpus vcpus(5, vcpuThread(31, ids({0})));
    for (std::size_t i = 0; i < vcpus.size(); ++i) {
        vcpus[i].tid += std::int32_t(i);
        vcpus[i].source = i;
    }
    vcpus[0].pid.reset();
    vcpus[1].pid = 70;
    vcpus[2].pid = 60;
    vcpus[3].pid = 50;
    vcpus[4] = pseudo(0);
    const auto processName
        = [](std::int32_t pid) { return pid == 50 ? QString() : QString(QStringLiteral("firecracker")); };
    const std::vector<NamedVm> vms = nameVms(vcpus, processName);
    QStringList names;
    for (const NamedVm &vm : vms)
        names << vm.name % QLatin1Char('/') % vm.rows.at(0).number % QLatin1Char(' ')
                % QString::number(vm.pid.value_or(-1));
    QCOMPARE(names, list({"vm-50/0 50", "firecracker-60/0 60", "firecracker-70/0 70", "vm/0 -1"}));
    QCOMPARE(vms.back().rows.at(1).number, QStringLiteral("pCPU 0"));
    QVERIFY(nameVms({}, processName).empty());
}

void TestVcpuNaming::nothingIsWrong_data()
{
    QTest::addColumn<Vcpus>("vcpus");
    const auto row = [](const char *name, const Vcpus &vcpus) { QTest::newRow(name) << vcpus; };
    row("addresses at entries, ids at exits",
        {vcpuThread(31, ids({kAddress}), ids({0})), vcpuThread(32, ids({kAddress, 7}), ids({1}))});
    row("addresses at entries, names",
        {vcpuThread(31, ids({kAddress}), ids({-1, -1}), "CPU 0/KVM"),
            vcpuThread(32, ids({kAddress}), ids({3, 4}), "vcpu1")});
    row("nothing recorded", {vcpuThread(31, ids({-1, -1}), ids({-1}))});
    row("plugged again", {during(100, 500, vcpuThread(31, ids({1}))), during(600, 900, vcpuThread(32, ids({1})))});
    row("pseudo-vCPUs", {pseudo(0), pseudo(1)});
    row("nothing recorded, one name at the same time",
        {vcpuThread(31, {}, {}, "vcpu1"), vcpuThread(32, {}, {}, "vcpu1")});
}

void TestVcpuNaming::nothingIsWrong()
{
    QFETCH(Vcpus, vcpus);
    const std::vector<NamedVm> vms = named(vcpus);
    QCOMPARE(vms.size(), std::size_t(1));
    QVERIFY2(vms[0].distrusted.empty(), qPrintable(distrustedIdsText(vms[0])));
}

void TestVcpuNaming::whatIsWrong_data()
{
    QTest::addColumn<Vcpus>("vcpus");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const Vcpus &vcpus, int count, const char *threads, const char *instead) {
        QTest::newRow(name) << vcpus << count
                            << QStringLiteral("the recorded vcpu_id tells no number of %1 vCPU thread(s) of qemu (%2), "
                                              "nor do their names; %3")
                                   .arg(QString::number(count), QString::fromUtf8(threads), QString::fromUtf8(instead));
    };
    row("one of two", {vcpuThread(904, ids({kAddress})), vcpuThread(901, ids({kAddress}), ids({0}))}, 1,
        "thread 904 has 39262880 at entries", "they are known by their thread ids");
    row("both", {vcpuThread(32, ids({kAddress}), ids({3, 4})), vcpuThread(31, ids({kAddress}))}, 2,
        "thread 31 has 39262880 at entries; thread 32 has 39262880 at entries and no constant value at exits",
        "its vCPUs are numbered in the order of their thread ids");
    row("at the same time",
        {during(200, 800, vcpuThread(32, ids({1}))), during(100, 900, vcpuThread(31, ids({1}))),
            vcpuThread(33, ids({0})), vcpuThread(34, {})},
        2,
        "thread 31 has 1, as another thread has at the same time; "
        "thread 32 has 1, as another thread has at the same time",
        "they are known by their thread ids");
}

void TestVcpuNaming::whatIsWrong()
{
    QFETCH(Vcpus, vcpus);
    const NamedVm vm = named(vcpus).at(0);
    QTEST(int(vm.distrusted.size()), "count");
    QTEST(distrustedIdsText(vm), "text");
}

void TestVcpuNaming::manyAreWrong()
{
    Vcpus vcpus;
    for (std::int32_t tid = 31; tid < 36; ++tid)
        vcpus.push_back(vcpuThread(tid, ids({kAddress})));
    const QString text = distrustedIdsText(named(vcpus).at(0));
    QVERIFY2(text.contains(QStringLiteral("of 5 vCPU")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("thread 33 has 39262880 at entries; 2 more)")), qPrintable(text));
}

QTEST_GUILESS_MAIN(TestVcpuNaming)
#include "tst_vcpu_naming.moc"
