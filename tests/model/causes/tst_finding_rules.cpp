// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/causes/finding_rules.h"

using namespace exitscope;

// Which exits a rule of findings takes, as its row says.
class TestFindingRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matchesAreParsed();
};

void TestFindingRules::matchesAreParsed()
{
    QString error;
    const auto match = parseExitMatch(
        QStringLiteral("reason=io target=port:0x3f8-0x3ff|msr:0x6e0 scenario=qemu touch=device"), error);
    QVERIFY(match);
    QCOMPARE(match->reasons, std::set<ReasonKey>({ReasonKey{2, 123}}));
    QCOMPARE(match->targets.size(), std::size_t(2));
    QCOMPARE(match->targets[0].last, std::uint64_t(0x3ff));
    QCOMPARE(match->targets[1].first, std::uint64_t(0x6e0));
    QCOMPARE(match->scenario, std::optional(Scenario::Qemu));
    QCOMPARE(match->touch, std::optional(PageTouch::Device));
    for (const char *wrong : {"io", "reason=nothing", "target=port", "target=port:9-3", "target=tape:1", "colour=red",
             "scenario=", "touch=never", "handler=qemu", "target=port:0x1-0x2-0x3"}) {
        QVERIFY2(!parseExitMatch(QString::fromLatin1(wrong), error), wrong);
        QVERIFY2(error.contains(QLatin1String(wrong)), qPrintable(error));
    }
}

QTEST_GUILESS_MAIN(TestFindingRules)
#include "tst_finding_rules.moc"
