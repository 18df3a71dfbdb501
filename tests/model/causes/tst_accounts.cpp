// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <atomic>

#include "model/causes/symbol_ranges.h"
#include "model/load/load.h"
#include "model/statistics/selection_parser.h"
#include "tests/model/causes/naive_accounts.h"
#include "tests/model/property/dice.h"

using namespace exitscope;
using namespace exitscope::testing;

// Exits grouped by keys.
class TestAccounts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsOfAHost();
    void withoutKeysThereIsOneRow();
    void randomHostsEqualANaiveComputation();
    void recordingsEqualANaiveComputation_data();
    void recordingsEqualANaiveComputation();
    void everyRowIsWhatItsFilterSelects();
    void manyAddressesOfOneLowHalf();
    void nothingOfWhatIsCancelled();
    void keysAreParsed();
};

namespace {

using Keys = std::vector<AccountKey>;

constexpr std::array kReasons{
    ReasonKey{2, 120}, ReasonKey{1, 12}, ReasonKey{2, 96}, ReasonKey{2, 123}, ReasonKey{1, 30}, ReasonKey{2, 0x7777}};

Keys allKeys()
{
    Keys keys;
    for (const AccountKeyRow &row : accountKeyRows())
        keys.push_back(row.key);
    return keys;
}

Keys randomKeys(Dice &dice)
{
    Keys keys = allKeys();
    for (std::size_t i = keys.size(); i > 1; --i)
        std::swap(keys[i - 1], keys[std::size_t(dice.below(int(i)))]);
    keys.resize(std::size_t(dice.between(1, int(keys.size()))));
    return keys;
}

ExitRow randomExit(Ns time, Dice &dice)
{
    ExitRow row;
    row.time = row.event = time;
    row.reason = std::uint16_t(dice.below(int(kReasons.size())));
    row.scenario = static_cast<Scenario>(dice.below(kScenarios));
    row.guestRip = std::uint64_t(dice.below(5)) << (dice.chance(50) ? 45 : 0);
    row.pcpu = dice.between(-1, 2);
    row.userspace = std::array<std::uint8_t, 6>{2, 6, 0xfc, 0xfd, 0xfe, 0xff}[std::size_t(dice.below(6))];
    if (const auto kind = static_cast<TargetKind>(dice.below(kTargetKinds)); kind != TargetKind::None)
        row.target = Target::of(kind, std::uint64_t(dice.below(3)) << (kind == TargetKind::Page ? 20 : 2));
    if (dice.chance(80)) {
        row.parts = {dice.below(50), dice.below(20), dice.below(9), dice.below(300), dice.below(9), dice.below(5)};
        row.end = time + row.parts.gross();
    }
    return row;
}

Column<PageTouch> randomTouches(const ExitColumns &exits, Dice &dice)
{
    Column<PageTouch> touches;
    for (std::size_t i = 0; i < exits.size(); ++i)
        touches.append(exits.target(i).kind() == TargetKind::Page
                ? static_cast<PageTouch>(dice.between(1, kPageTouches - 1))
                : PageTouch::None);
    return touches;
}

// Some hosts with some VMs each, of which the names are unique; sched_switch was not recorded on all.
Recording randomRecording(Dice &dice)
{
    Recording recording;
    for (const ReasonKey key : kReasons)
        recording.reasons.indexOf(key);
    int name = 0;
    recording.hosts.resize(std::size_t(dice.between(1, 2)));
    for (Timeline &host : recording.hosts) {
        host.range = {0, 20'000};
        host.switchesRecorded = dice.chance(60);
        host.vms.resize(std::size_t(dice.between(1, 3)));
        for (Vm &vm : host.vms) {
            vm.name = QStringLiteral("vm%1").arg(name++);
            vm.vcpus.resize(std::size_t(dice.between(1, 3)));
            for (std::size_t i = 0; i < vm.vcpus.size(); ++i) {
                vm.vcpus[i].number = QString::number(i);
                Ns time = 0;
                for (int exits = dice.below(80); exits > 0; --exits)
                    vm.vcpus[i].exits.append(randomExit(time += dice.below(400), dice));
                vm.vcpus[i].exits.setTouches(randomTouches(vm.vcpus[i].exits, dice));
            }
        }
    }
    return recording;
}

// The same functions in every VM, 64 KiB each, where kernels have theirs; and one where random hosts run.
struct Symbols {
    naive::Code code;
    GuestSymbols symbols;

    explicit Symbols(const Recording &recording)
    {
        constexpr std::uint64_t kText = 0xffffffff81000000, kBytes = 0x10000;
        code.functions[kKernelAddresses] = QStringLiteral("lowest");
        for (std::uint64_t i = 0; i < 256; ++i)
            code.functions[kText + i * kBytes] = QStringLiteral("f%1").arg(i % 200); // some of one name
        code.end = kText + 256 * kBytes;
        QByteArray text;
        for (const auto &[begin, name] : code.functions)
            text += QByteArray::number(quint64(begin), 16) + " t " + name.toUtf8() + '\n';
        text += QByteArray::number(quint64(code.end), 16) + " b end\n";
        QString error;
        const auto kernel = std::make_shared<const KernelSymbols>(*KernelSymbols::parse(text, 0, error));
        for (const VmAt &vm : vmsOf(recording))
            symbols.set(vm.key, kernel);
    }
};

// Some threads, processes, calls and contexts on some of the vCPUs, whoever was there in truth.
std::shared_ptr<const ExitGuests> randomGuests(const Recording &recording, Dice &dice)
{
    auto guests = std::make_shared<ExitGuests>();
    std::vector<std::uint32_t> labels{ExitGuests::kUnknown};
    for (int i = 0; i < 5; ++i)
        labels.push_back(guests->label(QStringLiteral("guest-%1").arg(i)));
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        if (dice.chance(30))
            continue;
        auto &rows = guests->add(vcpu.number).rows;
        rows.resize(vcpu.vcpu->exits.size());
        for (ExitGuests::Row &row : rows)
            for (std::uint32_t &label : row.labels)
                label = labels[std::size_t(dice.below(int(labels.size())))];
    }
    return guests;
}

void addGuestFilters(Selection &selection, Dice &dice)
{
    for (auto *set : {&selection.threads, &selection.processes, &selection.syscalls, &selection.contexts})
        for (int i = 0; i < 6; ++i)
            if (dice.chance(20))
                set->insert(i == 5 ? QStringLiteral("unknown") : QStringLiteral("guest-%1").arg(i));
}

void addSymbolFilters(Selection &selection, const Recording &recording, const GuestSymbols *symbols, Dice &dice)
{
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        const ExitColumns &exits = vcpu.vcpu->exits;
        if (exits.size() == 0 || !dice.chance(30))
            continue;
        const std::uint64_t address = exits.guestRip(std::size_t(dice.below(int(exits.size()))));
        const GuestCode code = codeAt(symbols ? symbols->of(vcpu.key.vm) : nullptr, address);
        QString error;
        if (!selectSymbols({codeName(code, symbols)}, recording, symbols, selection, error))
            qFatal("%s", qPrintable(error));
    }
}

Selection randomSelection(const Recording &recording, TimeRange range, const GuestSymbols *symbols, Dice &dice)
{
    Selection selection;
    if (dice.chance(50))
        selection.guests = randomGuests(recording, dice);
    if (dice.chance(30))
        addGuestFilters(selection, dice);
    if (dice.chance(30))
        addSymbolFilters(selection, recording, symbols, dice);
    const auto any = [&] { return range.from + range.length() * dice.below(1000) / 1000; };
    if (dice.chance(30))
        selection.from = any();
    if (dice.chance(30))
        selection.to = std::max(any(), selection.from.value_or(range.from));
    const bool filters = dice.chance(60);
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        if (filters && dice.chance(30))
            selection.vcpus.insert(vcpu.key);
        const ExitColumns &exits = vcpu.vcpu->exits;
        if (filters && exits.size() > 0 && dice.chance(10)) {
            selection.addresses.insert(exits.guestRip(std::size_t(dice.below(int(exits.size())))));
            selection.pcpus.insert(exits.pcpu(std::size_t(dice.below(int(exits.size())))));
        }
        const auto anyExit = [&] { return std::size_t(dice.below(int(exits.size()))); };
        if (filters && exits.size() > 0 && dice.chance(20)) {
            selection.targets.insert(exits.target(anyExit()));
            selection.regions.insert(exits.target(anyExit()).region());
        }
        if (filters && exits.size() > 0 && dice.chance(20)) {
            selection.userspace.insert(exits.userspace(anyExit()));
            selection.touches.insert(exits.touch(anyExit()));
        }
    }
    for (std::size_t i = 0; filters && i < recording.reasons.size(); ++i)
        if (dice.chance(20))
            selection.reasons.insert(recording.reasons[i].key);
    for (int i = 0; filters && i < kScenarios; ++i)
        if (dice.chance(15))
            selection.scenarios.insert(static_cast<Scenario>(i));
    if (dice.chance(20))
        selection.minNs = dice.below(100);
    if (dice.chance(20))
        selection.maxNs = selection.minNs.value_or(0) + dice.below(200);
    return selection;
}

QStringList differences(
    const Recording &recording, const Selection &selection, const Keys &keys, const Symbols *symbols = nullptr)
{
    const GuestSymbols *given = symbols ? &symbols->symbols : nullptr;
    return naive::differences(accountsOf(recording, selection, keys, nullptr, given), recording, selection, given,
        symbols ? symbols->code : naive::Code());
}

// By every key alone, all of them, and some random lists within random filters.
QStringList differencesOfLists(const Recording &recording, TimeRange range, int lists, Dice &dice)
{
    const Symbols symbols(recording);
    QStringList found = differences(recording, {}, allKeys());
    for (const AccountKey key : allKeys())
        found += differences(recording, {}, {key});
    found += differences(recording, {}, {AccountKey::Symbol}, &symbols);
    for (int i = 0; i < lists; ++i) {
        const Symbols *given = dice.chance(50) ? &symbols : nullptr;
        const Selection selection = randomSelection(recording, range, given ? &given->symbols : nullptr, dice);
        found += differences(recording, selection, randomKeys(dice), given);
    }
    return found;
}

Recording loaded(const QString &path)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording({path}, options);
}

} // namespace

void TestAccounts::rowsOfAHost()
{
    Recording recording;
    for (const ReasonKey key : kReasons)
        recording.reasons.indexOf(key);
    Vcpu vcpu;
    vcpu.number = QStringLiteral("3");
    const auto add = [&](Ns time, std::uint16_t reason, std::uint64_t rip, Ns kvm, Ns idle) {
        const bool isTimed = kvm > 0;
        vcpu.exits.append({.time = time,
            .event = time,
            .end = isTimed ? time + kvm + idle : kNoTime,
            .parts = {.kvm = kvm, .idle = idle},
            .guestRip = rip,
            .reason = reason,
            .pcpu = 0});
    };
    add(100, 3, 0x10, 7, 0);
    add(200, 3, 0x10, 9, 0);
    add(300, 0, 0x10, 5, 60);
    add(400, 3, 0x20, 4, 0);
    add(500, 3, 0x10, 0, 0);
    Timeline host;
    host.range = {0, 600};
    host.vms.push_back({QStringLiteral("a"), 1, {vcpu}});
    recording.hosts.push_back(host);

    const Accounts accounts
        = accountsOf(recording, {}, Keys{AccountKey::Vcpu, AccountKey::Reason, AccountKey::Address});
    const KeyContext context(recording);
    QStringList rows;
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        const std::vector<KeyValue> values = accounts.values(row);
        const ExitGroup group = accounts.group(row);
        QStringList cells;
        for (std::size_t k = 0; k < values.size(); ++k)
            cells << info(accounts.keys()[k]).text(context, values[k]);
        rows << cells.join(QLatin1Char(' '))
                + QStringLiteral(": %1 %2 %3 %4 %5")
                      .arg(group.count)
                      .arg(group.timed)
                      .arg(group.gross.total)
                      .arg(group.net.p50.value_or(-1))
                      .arg(group.net.p99.value_or(-1));
    }
    QCOMPARE(rows,
        (QStringList{QStringLiteral("a/3 io 0x10: 3 2 16 7 9"), QStringLiteral("a/3 hlt 0x10: 1 1 65 5 5"),
            QStringLiteral("a/3 io 0x20: 1 1 4 4 4")}));
    QCOMPARE(accounts.total().count, std::int64_t(5));
    QCOMPARE(accounts.total().parts.net(), Ns(25));
}

void TestAccounts::withoutKeysThereIsOneRow()
{
    Dice dice(1);
    Recording recording = randomRecording(dice);
    while (vcpusOf(recording).front().vcpu->exits.size() == 0)
        recording = randomRecording(dice);
    QCOMPARE(accountsOf(recording, {}, Keys{}).size(), std::size_t(1));
    QCOMPARE(differences(recording, {}, Keys{}), QStringList());
    QCOMPARE(accountsOf(Recording(), {}, Keys{AccountKey::Vm}).size(), std::size_t(0));
}

void TestAccounts::randomHostsEqualANaiveComputation()
{
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        Dice dice(seed);
        const Recording recording = randomRecording(dice);
        const QStringList found = differencesOfLists(recording, {0, 20'000}, 10, dice);
        QVERIFY2(found.isEmpty(), qPrintable(QStringLiteral("seed %1: ").arg(seed) + found.join(QLatin1Char('\n'))));
    }
}

void TestAccounts::recordingsEqualANaiveComputation_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("sample") << QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
    QTest::newRow("host-min") << QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min");
    const QDir traces(QStringLiteral(EXITSCOPE_SHARED_DIR "/traces"));
    for (const QString &name : traces.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QTest::newRow(qPrintable(name)) << traces.filePath(name + QStringLiteral("/host"));
    if (traces.exists())
        for (const char *name : {"traces/idle/host-min", "stock/host", "stock/host.dat", "stock/perf.data"})
            QTest::newRow(name) << QString(QStringLiteral(EXITSCOPE_SHARED_DIR "/") % QString::fromUtf8(name));
}

void TestAccounts::recordingsEqualANaiveComputation()
{
    QFETCH(QString, path);
    const Recording recording = loaded(path);
    QVERIFY(!recording.hosts.empty());
    Dice dice(7);
    const QStringList found = differencesOfLists(recording, recording.hosts.front().range, 18, dice);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

// What a row's filter says, typed into the command line, selects its exits and no others.
void TestAccounts::everyRowIsWhatItsFilterSelects()
{
    Dice dice(3);
    const Recording recording = randomRecording(dice);
    const KeyContext context(recording);
    const Accounts accounts = accountsOf(recording, {}, allKeys());
    QVERIFY(accounts.size() > 20);
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        std::map<QString, QStringList> options;
        for (std::size_t k = 0; k < accounts.keys().size(); ++k) {
            if (accounts.keys()[k] == AccountKey::Vm)
                continue; // its vCPU says more
            const QStringList filter = info(accounts.keys()[k]).filter(context, accounts.values(row)[k]);
            options[filter.value(0)] << filter.value(1);
        }
        SelectionTexts texts;
        texts.vcpus = options[QStringLiteral("--vcpu")];
        texts.reasons = options[QStringLiteral("--reason")];
        texts.scenarios = options[QStringLiteral("--scenario")];
        texts.addresses = options[QStringLiteral("--address")];
        texts.pcpus = options[QStringLiteral("--pcpu")];
        texts.targets = options[QStringLiteral("--target")];
        texts.regions = options[QStringLiteral("--region")];
        texts.userspace = options[QStringLiteral("--userspace")];
        texts.touches = options[QStringLiteral("--touch")];
        QString error;
        std::optional<Selection> selection = parseSelection(texts, recording, error);
        QVERIFY2(selection, qPrintable(error));
        QVERIFY2(selectSymbols(options[QStringLiteral("--symbol")], recording, nullptr, *selection, error),
            qPrintable(error));
        QCOMPARE(statisticsOf(recording, *selection).totals.exits, accounts.sums(row).count);
    }
}

// Many values, so that the places grow; and those that differ in few bits.
void TestAccounts::manyAddressesOfOneLowHalf()
{
    Recording recording;
    recording.reasons.indexOf(kReasons[0]);
    Vcpu vcpu;
    vcpu.number = QStringLiteral("0");
    constexpr int kAddresses = 20'000;
    for (int i = 0; i < 2 * kAddresses; ++i)
        vcpu.exits.append({.time = i, .event = i, .guestRip = std::uint64_t(i % kAddresses) << 40, .pcpu = 0});
    Timeline host;
    host.vms.push_back({QStringLiteral("a"), 1, {vcpu}});
    recording.hosts.push_back(host);
    const Accounts accounts = accountsOf(recording, {}, Keys{AccountKey::Reason, AccountKey::Address});
    QCOMPARE(accounts.size(), std::size_t(kAddresses));
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        QCOMPARE(accounts.values(row)[1].value, std::uint64_t(row) << 40);
        QCOMPARE(accounts.sums(row).count, std::int64_t(2));
    }
}

void TestAccounts::nothingOfWhatIsCancelled()
{
    Dice dice(1);
    const Recording recording = randomRecording(dice);
    const std::atomic<bool> cancel = true;
    QCOMPARE(accountsOf(recording, {}, allKeys(), &cancel).size(), std::size_t(0));
}

void TestAccounts::keysAreParsed()
{
    QString error;
    QVERIFY(parseAccountKeys(QStringLiteral("reason,pcpu"), error) == (Keys{AccountKey::Reason, AccountKey::Pcpu}));
    QVERIFY(!parseAccountKeys(QStringLiteral("reason,reason"), error));
    QVERIFY(error.contains(QStringLiteral("twice")));
    QVERIFY(!parseAccountKeys(QString(), error));
    QVERIFY(error.contains(QStringLiteral(
        "there are: vm, vcpu, reason, scenario, userspace, target, region, touch, address, pcpu, symbol")));
}

QTEST_GUILESS_MAIN(TestAccounts)
#include "tst_accounts.moc"
