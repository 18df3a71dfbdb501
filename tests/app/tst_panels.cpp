// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "model/reference/target_names.h"
#include "tests/tools/amend_exit.h"
#include "views/panels/details_panel.h"
#include "views/panels/diagnostics_panel.h"
#include "views/panels/filter_chips.h"
#include "views/panels/status_line.h"
#include "views/panels/traces_panel.h"

using namespace exitscope;

namespace {

const ReasonKey kCpuid{2, 114};
constexpr TimeRange kBounds{1000, 1'000'001'000};

// One timed exit: kvm 2 µs, userspace 1 µs, idle 7 µs; and one untimed.
std::shared_ptr<const Recording> smallRecording()
{
    auto recording = std::make_shared<Recording>();
    Vcpu vcpu;
    vcpu.number = QStringLiteral("0");
    vcpu.exits.append({.time = 2000,
        .event = 2100,
        .entry = 1500,
        .end = 12000,
        .parts = {.kvm = 2000, .userspace = 1000, .idle = 7000},
        .guestRip = 0xffffffff81000000,
        .reason = recording->reasons.indexOf(kCpuid),
        .scenario = Scenario::Qemu,
        .pcpu = 3,
        .target = Target::of(TargetKind::Port, 0x3f8),
        .userspace = 2});
    vcpu.exits.append({.time = 50000, .event = 50100, .reason = recording->reasons.indexOf({2, 7777}), .pcpu = 3});
    Vm vm{QStringLiteral("vm"), 1, {}};
    vm.vcpus.push_back(vcpu);
    Timeline host;
    host.range = kBounds;
    host.vms.push_back(vm);
    recording->hosts.push_back(host);
    TraceInfo used;
    used.path = QStringLiteral("/t/host");
    used.role = TraceRole::Host;
    used.events = 12345;
    used.discardedEvents = 6;
    used.beginNs = 0;
    used.endNs = 2'000'000'000;
    used.used = true;
    TraceInfo guest;
    guest.path = QStringLiteral("/t/guest");
    guest.lossesAreKnown = false;
    recording->traces = {used, guest};
    recording->diagnostics = {{Severity::Info, QStringLiteral("switches-missing"), QStringLiteral("none"), {}, 1},
        {Severity::Error, QStringLiteral("reader-died"), QStringLiteral("it <died>"), QStringLiteral("/t/host/ch_0"),
            2},
        {Severity::Warning, QStringLiteral("lost-events"), QStringLiteral("lost"), QStringLiteral("/t/host"), 1234}};
    return recording;
}

// Two VMs of the names vm, two vCPUs, and "a & b", one.
std::shared_ptr<const Recording> twoVms()
{
    auto recording = std::make_shared<Recording>(*smallRecording());
    Vm &vm = recording->hosts[0].vms[0];
    vm.vcpus.resize(2);
    vm.vcpus[1].number = QStringLiteral("1");
    Vm other{QStringLiteral("a & b"), 2, {vm.vcpus[1]}};
    recording->hosts[0].vms.push_back(other);
    return recording;
}

QStringList texts(const FilterChips &chips)
{
    QStringList all;
    for (const QPushButton *button : chips.findChildren<QPushButton *>())
        if (!button->isHidden())
            all.append(button->text());
    return all;
}

QPushButton *button(const FilterChips &chips, const QString &part)
{
    for (QPushButton *candidate : chips.findChildren<QPushButton *>())
        if (!candidate->isHidden() && candidate->text().contains(part))
            return candidate;
    return nullptr;
}

QString cell(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

QString fact(const std::vector<ExitFact> &facts, const char *name)
{
    for (const ExitFact &one : facts)
        if (one.name == QString::fromLatin1(name))
            return one.value;
    return QStringLiteral("(no such fact)");
}

} // namespace

class TestPanels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void diagnosticsComeGravestFirst();
    void badgeTellsHowMany();
    void tracesListTheGuest();
    void everyFilterIsAChip();
    void chipsRemoveTheirFilter();
    void manyValuesAreOneChip();
    void chipsStayWhileTheVisibleRangeMoves();
    void chipsStayWhileTheirRangeIsDragged();
    void keyboardRemovesChips();
    void statusTellsTheRange();
    void exitIsToldInOneLine();
    void factsOfAnExit();
    void targetOfAnExit();
    void anEntryThatFailedIsTold();
    void netOfAHaltIsNotKnownWithoutSwitches();
    void detailsFollowThePointer();
};

void TestPanels::diagnosticsComeGravestFirst()
{
    DiagnosticsPanel panel;
    DiagnosticsModel &model = panel.model();
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    panel.setDiagnostics(smallRecording()->diagnostics);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(cell(model, 0, DiagnosticsModel::CodeColumn), QStringLiteral("reader-died"));
    QCOMPARE(cell(model, 0, DiagnosticsModel::PathColumn), QStringLiteral("/t/host/ch_0"));
    QCOMPARE(cell(model, 1, DiagnosticsModel::CountColumn), QStringLiteral("1,234"));
    QCOMPARE(cell(model, 2, DiagnosticsModel::SeverityColumn), QStringLiteral("info"));
    QVERIFY(!model.index(0, 0).data(Qt::DecorationRole).value<QIcon>().isNull());
    QVERIFY(model.index(0, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("it &lt;died&gt;")));
    QSignalSpy retry(&panel, &DiagnosticsPanel::retryWanted);
    QTest::mouseClick(panel.findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(retry.size(), 1);
}

void TestPanels::badgeTellsHowMany()
{
    const Diagnostics all = smallRecording()->diagnostics;
    QCOMPARE(diagnosticsSummary(all), QStringLiteral("3 diagnostics"));
    QCOMPARE(diagnosticsSummary({all[0]}), QStringLiteral("1 diagnostic"));
    QCOMPARE(diagnosticsSummary({}), QString());
    QCOMPARE(gravest(all), Severity::Error);
    QCOMPARE(gravest({all[0], all[2]}), Severity::Warning);
}

void TestPanels::tracesListTheGuest()
{
    TracesPanel panel;
    const TracesModel &model = panel.model();
    const QAbstractItemModelTester tester(&panel.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    panel.setRecording(smallRecording());
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(cell(model, 0, TracesModel::EventsColumn), QStringLiteral("12,345"));
    QCOMPARE(cell(model, 0, TracesModel::LostColumn), QStringLiteral("6 events LOST"));
    QCOMPARE(cell(model, 1, TracesModel::LostColumn), QStringLiteral("losses unknown"));
    QCOMPARE(cell(model, 0, TracesModel::LengthColumn), QStringLiteral("2.00 s"));
    QCOMPARE(cell(model, 0, TracesModel::UsedColumn), QStringLiteral("yes"));
    QCOMPARE(cell(model, 1, TracesModel::RoleColumn), QStringLiteral("guest"));
    QCOMPARE(cell(model, 1, TracesModel::UsedColumn), QStringLiteral("no"));
    QCOMPARE(cell(model, 1, TracesModel::LengthColumn), QStringLiteral("-"));
}

void TestPanels::everyFilterIsAChip()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(twoVms());
    state.reset(kBounds);
    QVERIFY(texts(chips).isEmpty());
    state.select(TimeRange{2000, 5000});
    state.setVcpus({VcpuKey{{0, 0}, 0}, VcpuKey{{0, 1}, 0}});
    state.setReasons({kCpuid});
    state.setScenarios({Scenario::PageFault});
    state.setBand(DurationBand{DurationKind::Run, 1000, std::nullopt});
    const QStringList expected{QStringLiteral("range 3.00 µs at +1.00 µs  ✕"), QStringLiteral("vCPU vm/0  ✕"),
        QStringLiteral("vCPU a && b/1  ✕"), QStringLiteral("reason cpuid  ✕"), QStringLiteral("scenario page-fault  ✕"),
        QStringLiteral("run from 1.00 µs  ✕"), QStringLiteral("Clear all")};
    QCOMPARE(texts(chips), expected);
    QCOMPARE(button(chips, QStringLiteral("cpuid"))->accessibleName(), QStringLiteral("Remove filter: reason cpuid"));
}

void TestPanels::chipsRemoveTheirFilter()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(twoVms());
    chips.show();
    state.reset(kBounds);
    state.select(TimeRange{2000, 5000});
    state.setVcpus({VcpuKey{{0, 0}, 0}, VcpuKey{{0, 0}, 1}});
    state.setReasons({kCpuid});
    state.setScenarios({Scenario::Qemu});
    state.setBand(DurationBand{DurationKind::Net, 10, 20});
    QTest::mouseClick(button(chips, QStringLiteral("vm/0")), Qt::LeftButton);
    QCOMPARE(state.values().vcpus, (std::set<VcpuKey>{{{0, 0}, 1}}));
    QTest::mouseClick(button(chips, QStringLiteral("range")), Qt::LeftButton);
    QVERIFY(!state.values().selected);
    QTest::mouseClick(button(chips, QStringLiteral("cpuid")), Qt::LeftButton);
    QVERIFY(state.values().reasons.empty());
    QTest::mouseClick(button(chips, QStringLiteral("qemu")), Qt::LeftButton);
    QVERIFY(state.values().scenarios.empty());
    QTest::mouseClick(button(chips, QStringLiteral("net 10 ns – 20 ns")), Qt::LeftButton);
    QVERIFY(!state.values().band);
    state.setReasons({kCpuid});
    QTest::mouseClick(button(chips, QStringLiteral("Clear all")), Qt::LeftButton);
    QVERIFY(state.values().selection() == Selection());
    QVERIFY(texts(chips).isEmpty());
}

// As soon as no one would read them all: it tells how many there are, and removes them in one step.
void TestPanels::manyValuesAreOneChip()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(twoVms());
    chips.show();
    state.reset(kBounds);
    ExitFilters filters;
    filters.reasons = {kCpuid};
    for (int i = 0; i < 12; ++i)
        filters.targets.insert(Target::of(TargetKind::Port, std::uint64_t(0x6100 + i)));
    state.setFilters(filters);
    QCOMPARE(texts(chips).size(), 14); // the reason's, and "Clear all"
    filters.targets.insert(Target::of(TargetKind::Port, 0x7000));
    state.setFilters(filters);
    QCOMPARE(texts(chips),
        (QStringList{QStringLiteral("reason cpuid  ✕"), QStringLiteral("13 targets  ✕"), QStringLiteral("Clear all")}));
    const QString tip = button(chips, QStringLiteral("targets"))->toolTip();
    QVERIFY2(tip.contains(QLatin1String("target port 0x6107, and 5 others")), qPrintable(tip));
    QVERIFY2(!tip.contains(QLatin1String("0x6108")), qPrintable(tip));
    for (int i = 0; i < 4000; ++i)
        filters.targets.insert(Target::of(TargetKind::Page, std::uint64_t(i) << 12));
    state.setFilters(filters);
    QCOMPARE(texts(chips).at(1), QStringLiteral("4,013 targets  ✕"));
    QTest::mouseClick(button(chips, QStringLiteral("targets")), Qt::LeftButton);
    QCOMPARE(texts(chips), (QStringList{QStringLiteral("reason cpuid  ✕"), QStringLiteral("Clear all")}));
    QVERIFY(state.values().targets.empty());
    state.undo();
    QCOMPARE(state.values().targets.size(), std::size_t(4013));
}

void TestPanels::chipsStayWhileTheVisibleRangeMoves()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(smallRecording());
    state.reset(kBounds);
    state.setReasons({kCpuid});
    const QPushButton *before = button(chips, QStringLiteral("cpuid"));
    state.pan(0.1);
    state.zoom(0.5, 5000);
    QCOMPARE(button(chips, QStringLiteral("cpuid")), before);
}

void TestPanels::chipsStayWhileTheirRangeIsDragged()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(smallRecording());
    state.reset(kBounds);
    state.setReasons({kCpuid});
    state.select(TimeRange{2000, 5000});
    state.setBand(DurationBand{DurationKind::Net, 10, 20});
    const QPushButton *range = button(chips, QStringLiteral("range"));
    const QPushButton *band = button(chips, QStringLiteral("net 10 ns"));
    const QPushButton *reason = button(chips, QStringLiteral("cpuid"));
    state.select(TimeRange{3000, 5000});
    state.setBand(DurationBand{DurationKind::Net, 30, 60});
    QCOMPARE(button(chips, QStringLiteral("range 2.00 µs at +2.00 µs")), range);
    QCOMPARE(button(chips, QStringLiteral("net 30 ns")), band);
    QCOMPARE(button(chips, QStringLiteral("cpuid")), reason);
    QCOMPARE(range->accessibleName(), QStringLiteral("Remove filter: range 2.00 µs at +2.00 µs"));
    state.setReasons({ReasonKey{2, 123}}); // another filter, another chip
    QVERIFY(button(chips, QStringLiteral("io")) != reason);
}

void TestPanels::keyboardRemovesChips()
{
    ViewState state;
    FilterChips chips(state);
    chips.setRecording(twoVms());
    chips.show();
    QVERIFY(QTest::qWaitForWindowActive(&chips));
    state.reset(kBounds);
    state.setReasons({kCpuid});
    state.setScenarios({Scenario::Qemu});
    button(chips, QStringLiteral("cpuid"))->setFocus();
    QTest::keyClick(chips.focusWidget(), Qt::Key_Space);
    QVERIFY(state.values().reasons.empty());
    QCOMPARE(chips.focusWidget(), button(chips, QStringLiteral("qemu"))); // goes on from there
}

void TestPanels::statusTellsTheRange()
{
    const auto recording = smallRecording();
    StatusTexts texts = statusTexts(numbersOf(recording, {}), kBounds);
    QCOMPARE(texts.range, QStringLiteral("whole recording, 1.00 s"));
    QCOMPARE(texts.exits, QStringLiteral("2 exits"));
    QCOMPARE(texts.rate, QStringLiteral("2.00 exits/s"));
    QCOMPARE(texts.overhead, QStringLiteral("overhead -")); // it has no states
    Selection selection;
    selection.from = 1000;
    selection.to = 11000;
    texts = statusTexts(numbersOf(recording, selection), kBounds);
    QCOMPARE(texts.range, QStringLiteral("selected 10.0 µs of 1.00 s"));
    QCOMPARE(texts.exits, QStringLiteral("1 exit"));
    QCOMPARE(texts.rate, QStringLiteral("100,000 exits/s"));
}

void TestPanels::exitIsToldInOneLine()
{
    const auto recording = smallRecording();
    const QString told = exitText(*recording, {VcpuKey{{0, 0}, 0}, 0});
    QVERIFY2(told.startsWith(QStringLiteral("vm/0 · cpuid: The guest ran CPUID")), qPrintable(told));
    QVERIFY2(told.endsWith(QStringLiteral("gross 10.0 µs, net 3.00 µs")), qPrintable(told));
    QVERIFY(exitText(*recording, {VcpuKey{{0, 0}, 0}, 1}).contains(QStringLiteral("untimed")));
    QVERIFY(exitText(*recording, {VcpuKey{{0, 0}, 0}, 2}).isEmpty());
}

void TestPanels::factsOfAnExit()
{
    const auto recording = smallRecording();
    const std::vector<ExitFact> timed = exitFacts(*recording, {VcpuKey{{0, 0}, 0}, 0}, kBounds);
    QCOMPARE(fact(timed, "Gross"), QStringLiteral("10.0 µs"));
    QCOMPARE(fact(timed, "Net"), QStringLiteral("3.00 µs"));
    QCOMPARE(fact(timed, "Idle"), QStringLiteral("7.00 µs"));
    QCOMPARE(fact(timed, "Run before"), QStringLiteral("500 ns"));
    QCOMPARE(fact(timed, "Begins"), QStringLiteral("+0.000001000 s (2000 ns)"));
    QCOMPARE(fact(timed, "Guest address"), QStringLiteral("0xffffffff81000000"));
    QCOMPARE(fact(timed, "Scenario"), QStringLiteral("qemu"));
    const std::vector<ExitFact> untimed = exitFacts(*recording, {VcpuKey{{0, 0}, 0}, 1}, kBounds);
    QCOMPARE(fact(untimed, "Durations"), QStringLiteral("untimed"));
    QCOMPARE(fact(untimed, "Run before"), QStringLiteral("not known"));
    QVERIFY(exitFacts(*recording, {VcpuKey{{0, 0}, 7}, 0}, kBounds).empty());
}

void TestPanels::targetOfAnExit()
{
    auto recording = std::make_shared<Recording>(*smallRecording());
    const ExitRef exit{VcpuKey{{0, 0}, 0}, 0};
    std::vector<ExitFact> facts = exitFacts(*recording, exit, kBounds);
    QCOMPARE(fact(facts, "Target"), QStringLiteral("port 0x3f8 (serial port 1)"));
    QCOMPARE(fact(facts, "User space"), QStringLiteral("KVM_EXIT_IO"));
    facts = exitFacts(*recording, {VcpuKey{{0, 0}, 0}, 1}, kBounds);
    QCOMPARE(fact(facts, "Target"), QStringLiteral("none"));
    QCOMPARE(fact(facts, "User space"), QStringLiteral("none"));
    ExitColumns &exits = recording->hosts[0].vms[0].vcpus[0].exits;
    const auto told = [&](Target target, PageTouch touch) {
        testing::amendExit(exits, 0, [&](ExitRow &row) { row.target = target; });
        Column<PageTouch> touches;
        touches.append(touch);
        touches.append(PageTouch::None);
        exits.setTouches(std::move(touches));
        return fact(exitFacts(*recording, exit, kBounds), "Target");
    };
    const Target page = Target::of(TargetKind::Page, 0x7f1234);
    QCOMPARE(told(page, PageTouch::First), QStringLiteral("page 0x7f1000, first touch"));
    QCOMPARE(told(page, PageTouch::Repeated), QStringLiteral("page 0x7f1000, repeated touch"));
    QCOMPARE(told(page, PageTouch::Device), QStringLiteral("page 0x7f1000, device memory"));
    QCOMPARE(told(Target::of(TargetKind::Msr, 0x6e0), PageTouch::None),
        targetText(Target::of(TargetKind::Msr, 0x6e0))); // as tables have it
}

void TestPanels::anEntryThatFailedIsTold()
{
    auto recording = std::make_shared<Recording>(*smallRecording());
    const ExitRef exit{VcpuKey{{0, 0}, 0}, 1}; // it has no run
    const QString failed = QStringLiteral("the VM entry before it failed: the guest did not run");
    QVERIFY(!exitText(*recording, exit).contains(failed));
    testing::amendExit(recording->hosts[0].vms[0].vcpus[0].exits, 1, [](ExitRow &row) { row.entryFailed = true; });
    QCOMPARE(fact(exitFacts(*recording, exit, kBounds), "Run before"), QString(QStringLiteral("none: ") % failed));
    QVERIFY(exitText(*recording, exit).endsWith(failed));
    QVERIFY(!exitText(*recording, {VcpuKey{{0, 0}, 0}, 0}).contains(failed));
}

void TestPanels::netOfAHaltIsNotKnownWithoutSwitches()
{
    auto recording = std::make_shared<Recording>(*smallRecording());
    const ExitRef exit{VcpuKey{{0, 0}, 0}, 0};
    recording->hosts[0].switchesRecorded = false;
    QCOMPARE(fact(exitFacts(*recording, exit, kBounds), "Net"), QStringLiteral("3.00 µs")); // a cpuid
    QVERIFY(exitText(*recording, exit).endsWith(QStringLiteral("gross 10.0 µs, net 3.00 µs")));
    testing::amendExit(recording->hosts[0].vms[0].vcpus[0].exits, 0, [&](ExitRow &row) {
        row.reason = recording->reasons.indexOf({2, 120});
    }); // hlt
    const std::vector<ExitFact> facts = exitFacts(*recording, exit, kBounds);
    QCOMPARE(fact(facts, "Net"), QStringLiteral("–"));
    QCOMPARE(fact(facts, "Gross"), QStringLiteral("10.0 µs"));
    QCOMPARE(fact(facts, "Kvm"), QStringLiteral("2.00 µs"));
    const auto net = std::ranges::find(facts, QStringLiteral("Net"), &ExitFact::name);
    const QString lttng = QStringLiteral("lttng enable-event -k -c CHANNEL sched_switch");
    QVERIFY2(net->meaning.endsWith(lttng), qPrintable(net->meaning));
    recording->traces[0].description.tracer = "perf";
    const std::vector<ExitFact> ofPerf = exitFacts(*recording, exit, kBounds);
    const auto perfNet = std::ranges::find(ofPerf, QStringLiteral("Net"), &ExitFact::name);
    QVERIFY2(perfNet->meaning.endsWith(QStringLiteral("perf record -a -e sched:sched_switch")),
        qPrintable(perfNet->meaning));
    QVERIFY(exitText(*recording, exit).endsWith(QStringLiteral("gross 10.0 µs, net –")));
    recording->hosts[0].switchesRecorded = true;
    QCOMPARE(fact(exitFacts(*recording, exit, kBounds), "Net"), QStringLiteral("3.00 µs"));
    QVERIFY(exitText(*recording, exit).endsWith(QStringLiteral("net 3.00 µs")));
}

void TestPanels::detailsFollowThePointer()
{
    ViewState state;
    DetailsPanel panel(state);
    panel.setRecording(smallRecording());
    state.reset(kBounds);
    panel.show();
    const auto shows = [&](const QString &value) {
        const QList<QLabel *> labels = panel.findChildren<QLabel *>();
        return std::ranges::any_of(labels, [&](const QLabel *l) { return l->isVisible() && l->text() == value; });
    };
    state.setCurrent(ExitRef{VcpuKey{{0, 0}, 0}, 0});
    QVERIFY(shows(QStringLiteral("10.0 µs")));
    state.setHovered(ExitRef{VcpuKey{{0, 0}, 0}, 1});
    QVERIFY(shows(QStringLiteral("untimed")) && !shows(QStringLiteral("10.0 µs")));
    state.setHovered(std::nullopt); // back to the current one
    QVERIFY(shows(QStringLiteral("10.0 µs")) && !shows(QStringLiteral("untimed")));
}

QTEST_MAIN(TestPanels)
#include "tst_panels.moc"
