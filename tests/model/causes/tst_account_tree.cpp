// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>

#include "model/causes/folded_stacks.h"
#include "model/statistics/known_net.h"
#include "tests/tools/made_exits.h"
#include "tests/tools/told_statistics.h"

using namespace exitscope;
using namespace exitscope::testing;

// Each level of a tree of accounts is the accounts by fewer keys.
class TestAccountTree : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLevelIsTheAccountsByFewerKeys_data();
    void everyLevelIsTheAccountsByFewerKeys();
    void childrenAreThoseOfTheirParent();
    void stacksWeighWhatTheirExitsDo_data() { everyLevelIsTheAccountsByFewerKeys_data(); }
    void stacksWeighWhatTheirExitsDo();
    void nothingHasARootOfNothing();
};

namespace {

using Keys = std::vector<AccountKey>;
using Node = AccountTree::Node;

std::vector<Node> nodesOf(const AccountTree &tree, std::uint32_t level)
{
    std::vector<Node> nodes{{}};
    for (std::uint32_t at = 0; at < level; ++at) {
        std::vector<Node> next;
        for (const Node node : nodes)
            for (const std::uint32_t child : tree.children(node))
                next.push_back({at + 1, child});
        nodes = std::move(next);
    }
    return nodes;
}

} // namespace

void TestAccountTree::everyLevelIsTheAccountsByFewerKeys_data()
{
    QTest::addColumn<bool>("switches");
    QTest::newRow("all net times are known") << true;
    QTest::newRow("those of the first host's halts are not") << false;
}

void TestAccountTree::everyLevelIsTheAccountsByFewerKeys()
{
    QFETCH(bool, switches);
    const auto recording
        = makeExits({.exits = 4000, .vms = 2, .reasons = 5, .switchesRecorded = switches, .oddPercent = 10});
    const Keys keys{AccountKey::Reason, AccountKey::Address, AccountKey::Vcpu};
    const AccountTree tree(accountsOf(*recording, {}, keys));
    for (std::uint32_t level = 0; level <= keys.size(); ++level) {
        const Keys fewer(keys.begin(), keys.begin() + level);
        const Accounts accounts = accountsOf(*recording, {}, fewer);
        const std::vector<Node> nodes = nodesOf(tree, level);
        QCOMPARE(nodes.size(), accounts.size());
        for (std::size_t row = 0; row < accounts.size(); ++row) {
            const auto node = std::ranges::find(nodes, accounts.values(row), [&](Node of) { return tree.path(of); });
            QVERIFY(node != nodes.end());
            QCOMPARE(linesOf(tree.group(*node), Told::All), linesOf(accounts.group(row), Told::All));
            QCOMPARE(tree.sums(*node).count, accounts.sums(row).count);
            QCOMPARE(tree.sums(*node).knownNet(), accounts.sums(row).knownNet());
            const ExitGroup sums = tree.sums(*node).group();
            const ExitGroup whole = accounts.group(row);
            QCOMPARE(sums.gross.mean, whole.gross.mean);
            QCOMPARE(sums.knownNet.has_value(), whole.knownNet.has_value());
            if (sums.knownNet)
                QCOMPARE(sums.knownNet->mean, whole.knownNet->mean);
        }
        if (level == 1) // dearest first, as the rows
            for (std::size_t row = 0; row < accounts.size(); ++row)
                QVERIFY(tree.path(nodes[row]) == accounts.values(row));
    }
}

void TestAccountTree::childrenAreThoseOfTheirParent()
{
    const auto recording = makeExits({.exits = 3000, .reasons = 4});
    const AccountTree tree(accountsOf(*recording, {}, Keys{AccountKey::Vcpu, AccountKey::Reason}));
    const std::vector<Node> leaves = nodesOf(tree, 2);
    QVERIFY(leaves.size() > 4 && tree.isLeaf(leaves.front()) && tree.children(leaves.front()).empty());
    for (const Node vcpu : nodesOf(tree, 1)) {
        std::int64_t count = 0;
        std::pair<std::optional<Ns>, std::int64_t> before{kEndOfRecording, 0};
        for (const std::uint32_t child : tree.children(vcpu)) {
            const Node node{2, child};
            QVERIFY(tree.path(node).front() == tree.value(vcpu));
            const auto cost = std::pair(tree.sums(node).knownNet(), tree.sums(node).count);
            QVERIFY(cost <= before);
            before = cost;
            count += tree.sums(node).count;
        }
        QCOMPARE(count, tree.sums(vcpu).count);
    }
}

// Exit by exit: what is not timed weighs no time, and what is not known of halts no net time.
void TestAccountTree::stacksWeighWhatTheirExitsDo()
{
    QFETCH(bool, switches);
    const auto recording
        = makeExits({.exits = 4000, .vms = 2, .reasons = 5, .switchesRecorded = switches, .oddPercent = 10});
    const Keys keys{AccountKey::Vcpu, AccountKey::Reason};
    const Accounts accounts = accountsOf(*recording, {}, keys);
    const AccountTree tree(accountsOf(*recording, {}, keys));
    for (const Measure weight : {Measure::Count, Measure::Gross, Measure::Net}) {
        std::map<QString, std::int64_t> expected;
        std::int64_t all = 0;
        for (const VcpuAt &vcpu : vcpusOf(*recording)) {
            const ExitColumns &exits = vcpu.vcpu->exits;
            for (std::size_t i = 0; i < exits.size(); ++i) {
                const ExitReason &reason = recording->reasons[exits.reason(i)];
                const bool counts = weight == Measure::Count
                    || (exits.timed(i) && (weight == Measure::Gross || netIsKnown(*vcpu.host, reason)));
                if (!counts)
                    continue;
                const std::int64_t own = weight == Measure::Count ? 1
                    : weight == Measure::Gross                    ? exits.parts(i).gross()
                                                                  : exits.parts(i).net();
                expected[vcpu.id() + QLatin1Char(';') + reason.name] += own;
                all += own;
            }
        }
        const StackWeights weights(tree, weight);
        QCOMPARE(weights.of({}), all);
        for (const Node vcpu : nodesOf(tree, 1)) {
            std::int64_t below = 0;
            for (const std::uint32_t child : tree.children(vcpu))
                below += weights.of({2, child});
            QCOMPARE(below, weights.of(vcpu));
        }
        std::map<QString, std::int64_t> folded;
        for (const QString &line :
            foldedStacks(KeyContext(*recording), accounts, weight).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            folded[line.section(QLatin1Char(' '), 0, -2)] += line.section(QLatin1Char(' '), -1).toLongLong();
        std::erase_if(expected, [](const auto &stack) { return stack.second == 0; });
        QCOMPARE(folded, expected);
        QVERIFY(folded.size() > 8);
    }
}

void TestAccountTree::nothingHasARootOfNothing()
{
    const AccountTree tree(accountsOf(Recording(), {}, Keys{AccountKey::Reason}));
    QVERIFY(tree.children({}).empty());
    QCOMPARE(tree.sums({}).count, std::int64_t(0));
    QCOMPARE(tree.group({}).net.count, std::int64_t(0));
}

QTEST_GUILESS_MAIN(TestAccountTree)
#include "tst_account_tree.moc"
