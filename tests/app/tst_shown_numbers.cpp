// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QTest>

#include "model/number_format.h"
#include "tests/app/opened_window.h"
#include "tests/tools/program.h"
#include "views/panels/status_line.h"

using namespace exitscope;
using namespace exitscope::test;

// What the status line tells is what statisticsOf() and exitscope-cli tell of the same selection.
class TestShownNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_window = std::make_unique<OpenedWindow>();
        QVERIFY(m_window->openSample());
    }
    void cleanupTestCase() { m_window.reset(); }
    void statusIsThatOfTheCommandLine_data();
    void statusIsThatOfTheCommandLine();

private:
    std::unique_ptr<OpenedWindow> m_window;
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QJsonObject report(const QStringList &filters)
{
    return cliReport(OpenedWindow::samplePath(), filters);
}

std::int64_t exitsOf(const QJsonObject &report)
{
    std::int64_t exits = 0;
    for (const QJsonValue &reason : report.value(text("reasons")).toArray())
        exits += reason[text("count")].toInteger();
    return exits;
}

using Apply = std::function<void(ViewState &)>;

} // namespace

void TestShownNumbers::statusIsThatOfTheCommandLine_data()
{
    QTest::addColumn<QStringList>("filters");
    QTest::addColumn<Apply>("apply");
    const Apply range = [](ViewState &state) {
        const Ns begin = state.bounds().from;
        state.select(TimeRange{begin + 1'800'000'000, begin + 3'000'000'000});
    };
    const Apply vcpu = [](ViewState &state) { state.setVcpus({VcpuKey{{0, 0}, 1}}); };
    const Apply reason = [](ViewState &state) { state.setReasons({{2, 114}}); };
    const Apply scenario = [](ViewState &state) { state.setScenarios({Scenario::Qemu, Scenario::Halt}); };
    const Apply band = [](ViewState &state) { state.setBand(DurationBand{DurationKind::Gross, 50'000, 200'000}); };
    const QStringList rangeText{text("--from"), text("+1.8s"), text("--to"), text("+3s")};
    const QStringList vcpuText{text("--vcpu"), text("qemu-system-x86/1")};
    const QStringList reasonText{text("--reason"), text("cpuid")};
    const QStringList scenarioText{text("--scenario"), text("qemu,halt")};
    const QStringList bandText{text("--min-ns"), text("50000"), text("--max-ns"), text("200000")};
    QTest::newRow("no filter") << QStringList{} << Apply([](ViewState &) {});
    QTest::newRow("range") << rangeText << range;
    QTest::newRow("vCPU") << vcpuText << vcpu;
    QTest::newRow("reason") << reasonText << reason;
    QTest::newRow("scenarios") << scenarioText << scenario;
    QTest::newRow("band") << bandText << band;
    QTest::newRow("range, vCPU, reason and band")
        << rangeText + vcpuText + reasonText + bandText << Apply([=](ViewState &state) {
               range(state);
               vcpu(state);
               reason(state);
               band(state);
           });
}

void TestShownNumbers::statusIsThatOfTheCommandLine()
{
    QFETCH(const QStringList, filters);
    QFETCH(const Apply, apply);
    ViewState &state = m_window->state();
    state.clearFilters();
    apply(state);
    QVERIFY(m_window->waitForNumbers());

    const Workspace &workspace = (*m_window)->workspace();
    const Statistics own = statisticsOf(*workspace.recording(), state.values().selection());
    const QJsonObject cli = report(filters);
    const std::int64_t exits = exitsOf(cli);
    QVERIFY(exits > 0);
    QCOMPARE(own.totals.exits, exits);
    const QJsonValue overhead = cli.value(text("overhead_percent"));
    QVERIFY(overhead.isDouble());

    StatusLine &line = (*m_window)->workspace().statusLine();
    QCOMPARE(line.exitsLabel()->text(), QString(formatCount(exits) % text(" exits")));
    QCOMPARE(line.overheadLabel()->text(), QString(text("overhead ") % formatPercent(overhead.toDouble())));
    const TimeRange bounds = state.bounds();
    const double seconds = double(state.values().selected.value_or(bounds).length()) / 1e9;
    QCOMPARE(line.rateLabel()->text(), formatRate(double(exits) / seconds).replace(text("/s"), text(" exits/s")));
    QVERIFY(line.rangeLabel()->text().contains(formatDuration(bounds.length())));
}

QTEST_MAIN(TestShownNumbers)
#include "tst_shown_numbers.moc"
