// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <random>

#include "model/causes/accounts.h"
#include "model/session/exit_search.h"
#include "model/session/filter_sets.h"
#include "model/session/view_state.h"
#include "model/statistics/statistics.h"
#include "tests/tools/made_exits.h"

using namespace exitscope;
using namespace exitscope::testing;

// The filters of exits, gone through as one list.
class TestFilterSets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySetHasItsRow();
    void everyRowOfAccountsIsWhatItsFiltersSelect();
    void anyNumberOfValuesLetsTheirExitsThrough();
    void choiceChangesFilters_data();
    void choiceChangesFilters();
    void oneStepOfTheHistory();
    void dearestExitIsThatOfAnyRow();
};

namespace {

using Keys = std::vector<AccountKey>;

Keys allKeys()
{
    Keys keys;
    for (const AccountKeyRow &row : accountKeyRows())
        keys.push_back(row.key);
    return keys;
}

const ReasonKey kA{2, 120};
const ReasonKey kB{2, 119};

} // namespace

void TestFilterSets::everySetHasItsRow()
{
    QCOMPARE(filterSets().size() * sizeof(std::set<int>), sizeof(ExitFilters));
    // Of every exit of a recording some key filters by it.
    const auto recording = makeExits({.exits = 100});
    const KeyContext context(*recording);
    const FilterSetMask all = (FilterSetMask(1) << filterSets().size()) - 1;
    QCOMPARE(setsOf(context, allKeys()), all);
    ExitFilters filters;
    filters.vcpus = {VcpuKey{{0, 0}, 1}};
    filters.reasons = {kA};
    filters.scenarios = {Scenario::Halt};
    filters.addresses = {0xffffffff81000000};
    filters.pcpus = {3};
    filters.targets = {Target::of(TargetKind::Port, 0x3f8)};
    filters.regions = {Target::of(TargetKind::Page, 0x200000)};
    filters.userspace = {2};
    filters.touches = {PageTouch::First};
    filters.symbols = {{QStringLiteral("native_write_msr"), {}}};
    QStringList texts;
    for (const FilterSetRow &set : filterSets())
        for (const FilterValue &value : set.values(context, filters)) {
            texts << value.text;
            value.drop(filters);
        }
    QCOMPARE(texts,
        (QStringList{QStringLiteral("vCPU vm0/1"), QStringLiteral("reason hlt"), QStringLiteral("scenario halt"),
            QStringLiteral("address 0xffffffff81000000"), QStringLiteral("pCPU 3"),
            QStringLiteral("target port 0x3f8 (serial port 1)"), QStringLiteral("region 2 MiB at 0x200000"),
            QStringLiteral("user space KVM_EXIT_IO"), QStringLiteral("touch first"),
            QStringLiteral("symbol native_write_msr")}));
    QVERIFY(filters == ExitFilters());
}

// Whatever the order of the keys.
void TestFilterSets::everyRowOfAccountsIsWhatItsFiltersSelect()
{
    const auto recording = makeExits({.exits = 600, .vms = 2, .reasons = 3, .oddPercent = 10});
    const KeyContext context(*recording);
    Keys keys = allKeys();
    for (int turn = 0; turn < 2; ++turn, std::ranges::reverse(keys)) {
        const Accounts accounts = accountsOf(*recording, {}, keys);
        QVERIFY(accounts.size() > 50);
        for (std::size_t row = 0; row < accounts.size(); ++row) {
            Selection selection;
            static_cast<ExitFilters &>(selection) = filtersOf(context, keys, accounts.values(row));
            QCOMPARE(statisticsOf(*recording, selection).totals.exits, accounts.sums(row).count);
            QCOMPARE(setsIn(selection) & ~setsOf(context, keys), FilterSetMask(0));
        }
    }
}

// Against a look at each exit; some of the values no exit has.
void TestFilterSets::anyNumberOfValuesLetsTheirExitsThrough()
{
    const auto recording = makeExits({.exits = 4000});
    Selection targets, addresses;
    std::mt19937_64 random(1);
    std::vector<ExitRow> rows;
    for (const VcpuAt &vcpu : vcpusOf(*recording))
        for (std::size_t i = 0; i < vcpu.vcpu->exits.size(); ++i)
            rows.push_back({.guestRip = vcpu.vcpu->exits.guestRip(i), .target = vcpu.vcpu->exits.target(i)});
    for (int turn = 0; turn < 60; ++turn) {
        const bool isForeign = turn % 3 == 0;
        const ExitRow &of = rows[random() % rows.size()];
        targets.targets.insert(isForeign ? Target{random() >> 8} : of.target);
        addresses.addresses.insert(isForeign ? random() : of.guestRip);
        const auto hasTarget = [&](const ExitRow &row) { return targets.targets.contains(row.target); };
        const auto hasAddress = [&](const ExitRow &row) { return addresses.addresses.contains(row.guestRip); };
        QCOMPARE(statisticsOf(*recording, targets).totals.exits, std::ranges::count_if(rows, hasTarget));
        QCOMPARE(statisticsOf(*recording, addresses).totals.exits, std::ranges::count_if(rows, hasAddress));
    }
}

void TestFilterSets::choiceChangesFilters_data()
{
    QTest::addColumn<ExitFilters>("now");
    QTest::addColumn<ExitFilters>("own");
    QTest::addColumn<bool>("adds");
    QTest::addColumn<ExitFilters>("wanted");
    QTest::addColumn<bool>("isChosenThen");
    const auto filters = [](std::set<ReasonKey> reasons, std::set<std::uint64_t> addresses) {
        ExitFilters of;
        of.reasons = std::move(reasons);
        of.addresses = std::move(addresses);
        of.pcpus = {7}; // of no key here: it stays
        return of;
    };
    const auto own = [](std::set<ReasonKey> reasons, std::set<std::uint64_t> addresses) {
        ExitFilters of;
        of.reasons = std::move(reasons);
        of.addresses = std::move(addresses);
        return of;
    };
    QTest::newRow("first") << filters({}, {}) << own({kA}, {}) << false << filters({kA}, {}) << true;
    QTest::newRow("again") << filters({kA}, {}) << own({kA}, {}) << false << filters({}, {}) << false;
    QTest::newRow("another") << filters({kA}, {}) << own({kB}, {}) << false << filters({kB}, {}) << true;
    QTest::newRow("deeper") << filters({kA}, {}) << own({kA}, {1}) << false << filters({kA}, {1}) << true;
    QTest::newRow("its parent") << filters({kA}, {1}) << own({kA}, {}) << false << filters({kA}, {}) << true;
    QTest::newRow("deeper, again") << filters({kA}, {1}) << own({kA}, {1}) << false << filters({}, {}) << false;
    QTest::newRow("added") << filters({kA}, {}) << own({kB}, {}) << true << filters({kA, kB}, {}) << true;
    QTest::newRow("added to nothing") << filters({}, {}) << own({kB}, {}) << true << filters({kB}, {}) << true;
    QTest::newRow("taken away") << filters({kA, kB}, {}) << own({kB}, {}) << true << filters({kA}, {}) << false;
    QTest::newRow("a sibling added") << filters({kA}, {1}) << own({kA}, {2}) << true << filters({kA}, {1, 2}) << true;
    // Both sets would let through what is in neither row.
    QTest::newRow("of another parent") << filters({kA}, {1}) << own({kB}, {2}) << true << filters({kB}, {2}) << true;
}

void TestFilterSets::choiceChangesFilters()
{
    QFETCH(ExitFilters, now);
    QFETCH(ExitFilters, own);
    QFETCH(bool, adds);
    QFETCH(ExitFilters, wanted);
    QFETCH(bool, isChosenThen);
    ExitFilters both;
    both.reasons = {kA};
    both.addresses = {1};
    const ExitFilters then = afterChoice(now, own, setsIn(both), adds);
    QVERIFY(then == wanted);
    QCOMPARE(isChosen(then, own, setsIn(both)), isChosenThen);
}

void TestFilterSets::oneStepOfTheHistory()
{
    ViewState state;
    state.reset({0, 1000});
    ExitFilters filters;
    filters.addresses = {0x10};
    filters.pcpus = {2};
    state.setFilters(filters);
    QVERIFY(state.values().selection().addresses == filters.addresses && state.values().pcpus == filters.pcpus);
    state.undo();
    QVERIFY(state.values().selection() == Selection{});
    state.redo();
    QVERIFY(state.values().selection().pcpus == filters.pcpus);
    state.clearFilters();
    QVERIFY(state.values().selection() == Selection{});
}

// Against a look at each exit.
void TestFilterSets::dearestExitIsThatOfAnyRow()
{
    const auto recording
        = makeExits({.exits = 500, .vms = 2, .reasons = 3, .switchesRecorded = false, .oddPercent = 20});
    const KeyContext context(*recording);
    const Keys keys{AccountKey::Reason, AccountKey::Address};
    const Accounts accounts = accountsOf(*recording, {}, keys);
    int halts = 0;
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        const std::vector<KeyValue> values = accounts.values(row);
        std::optional<Ns> dearest;
        for (const VcpuAt &vcpu : context.vcpus)
            for (std::size_t i = 0; i < vcpu.vcpu->exits.size(); ++i) {
                const ExitColumns &exits = vcpu.vcpu->exits;
                const bool isKnown = vcpu.host->switchesRecorded || !recording->reasons[exits.reason(i)].isHalt;
                if (exits.reason(i) != values[0].value || exits.guestRip(i) != values[1].value || !exits.timed(i)
                    || !isKnown)
                    continue;
                dearest = std::max(dearest.value_or(0), exits.parts(i).net());
            }
        const auto found = dearestExit(context, {}, keys, values);
        QVERIFY(found);
        QVERIFY(dearest);
        QCOMPARE(found->vcpu->exits.parts(found->index).net(), *dearest);
        QCOMPARE(std::uint64_t(found->vcpu->exits.reason(found->index)), values[0].value);
        halts += recording->reasons[values[0].value].isHalt;
    }
    QVERIFY(halts > 0);
    QVERIFY(!dearestExit(context, {}, keys, std::vector<KeyValue>{{0, 0}, {0, 1}}));
}

QTEST_GUILESS_MAIN(TestFilterSets)
#include "tst_filter_sets.moc"
