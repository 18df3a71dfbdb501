// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/waits/halts_table.h"

#include <QCoreApplication>

#include <algorithm>

#include "model/causes/file_tables.h"
#include "model/number_format.h"
#include "model/visible_text.h"
#include "views/tables/number_cells.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

QString haltsTr(const char *text)
{
    return QCoreApplication::translate("HaltsTable", text);
}

std::vector<NumberColumn> haltsColumns()
{
    return {
        {haltsTr("vCPU › halt_poll_ns"), QStringLiteral("vcpu"),
            haltsTr("The vCPU that halted; below it what polling so long at every halt would have done"), true},
        {haltsTr("Halts"), QStringLiteral("halts"), haltsTr("Exits with a halt")},
        {haltsTr("Polled"), QStringLiteral("polled"), haltsTr("Halts that ended while KVM polled: the poll paid")},
        {haltsTr("Paid"), QStringLiteral("polled_percent"), haltsTr("Polled, of all that polled or slept")},
        {haltsTr("Poll time"), QStringLiteral("poll_ns"), haltsTr("How long KVM polled in all, in vain too")},
        {haltsTr("Gave up"), QStringLiteral("gave_up"), haltsTr("Sleeps with a poll before that was in vain")},
        {haltsTr("In vain"), QStringLiteral("gave_up_ns"), haltsTr("How long these polls took")},
        {haltsTr("Slept"), QStringLiteral("slept"), haltsTr("Times that the thread went to sleep")},
        {haltsTr("Sleep time"), QStringLiteral("slept_ns"), haltsTr("How long it slept, without the polls before")},
        {haltsTr("Wake-up p50"), QStringLiteral("wake_to_entry_p50_ns"),
            haltsTr(
                "From the wake-up to the VM entry that ends the halt: the smallest value with half at or below it")},
        {haltsTr("Wake-up p99"), QStringLiteral("wake_to_entry_p99_ns"),
            haltsTr("The same: the smallest value with 99 % at or below it")},
        {haltsTr("Not told"), QStringLiteral("unknown"), haltsTr("Halts of which no more is known")},
        {haltsTr("Woken by"), QStringLiteral("woken_by"),
            haltsTr("The vectors that were injected first, with their shares of the halts"), true},
        {haltsTr("Source"), QStringLiteral("source"),
            haltsTr(
                "events: kvm_vcpu_wakeup tells each halt; states: the vCPU's states, where times of polls are upper "
                "bounds; none: neither was recorded"),
            true},
    };
}

NumberRow trialRow(const VcpuHalts &halts, const PollingTrial &trial)
{
    const std::int64_t known = halts.numbers.polled + halts.numbers.slept;
    NumberRow row;
    row.key = QString::number(trial.polling);
    const QString name = trial.polling == 0 ? haltsTr("0: no polling") : formatDuration(trial.polling);
    row.cells = {{name, qlonglong(trial.polling),
                     haltsTr("halt_poll_ns = %1: what polling so long at every halt would have done")
                         .arg(formatCount(trial.polling))},
        {}, countCell(trial.caught), shareCell(trial.caught, known), timeCell(trial.polled), {}, {},
        countCell(known - trial.caught), {}, {}, {}, {}, {}, {}};
    return row;
}

NumberRow haltsRow(const VcpuHalts &halts)
{
    const HaltNumbers &n = halts.numbers;
    NumberRow row;
    row.key = halts.vcpu.id() % u'@' % QString::number(halts.vcpu.key.vm.host);
    row.vcpu = halts.vcpu.key;
    const QString id = visibleText(halts.vcpu.id());
    const QString source = QString::fromUtf8(name(halts.source).data());
    const auto polled = ifTold(halts, n.polled);
    const QString woken = wokenByText(n);
    row.cells = {{id, id}, countCell(n.halts), countCell(polled), shareCell(polled, n.polled + n.slept),
        timeCell(ifTold(halts, n.polledNs + n.gaveUpNs)), countCell(n.gaveUp), timeCell(ifTold(halts, n.gaveUpNs)),
        countCell(ifTold(halts, n.slept)), timeCell(ifTold(halts, n.sleptNs)), timeCell(n.wakeToEntry.p50),
        timeCell(n.wakeToEntry.p99), countCell(n.unknown), {woken, woken}, {source, source}};
    if (halts.source != HaltSource::None)
        for (const PollingTrial &trial : n.trials)
            row.children.push_back(trialRow(halts, trial));
    return row;
}

NumberRows haltsRows(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    NumberRows made{haltsColumns(), {}, {}};
    const std::vector<VcpuHalts> all = haltsOf(recording, selection, cancel);
    for (const VcpuHalts &halts : all)
        made.rows.push_back(haltsRow(halts));
    const auto has = [&](HaltSource source) {
        return std::ranges::any_of(all, [&](const VcpuHalts &halts) { return halts.source == source; });
    };
    QStringList notes;
    if (all.empty())
        notes << haltsTr("No vCPU halts in what is selected.");
    if (has(HaltSource::States))
        notes << haltsTr("kvm_vcpu_wakeup was not recorded: times of polls are upper bounds, with all that KVM did in "
                         "these exits.");
    if (has(HaltSource::None))
        notes << haltsTr("How halts went is not known: neither kvm_vcpu_wakeup nor sched_switch was recorded.");
    made.note = notes.join(u'\n');
    return made;
}

bool isChosenHalts(const NumberRow &row, int, const ViewValues &values)
{
    return row.vcpu && values.vcpus.contains(*row.vcpu);
}

} // namespace

HaltsTable::HaltsTable(ViewState &state, QWidget *parent)
    : NumberTable(state, tr("How halts went"), haltsRows, {isChosenHalts}, parent)
{
    sortFirstBy(0, Qt::AscendingOrder);
}

Selection HaltsTable::askedOf(const Selection &selection) const
{
    Selection asked = selection;
    asked.vcpus.clear();
    return asked;
}

std::function<QString(CancelFlag cancel)> HaltsTable::csv() const
{
    return [recording = m_recording, selection = m_state.values().selection()](
               CancelFlag cancel) { return toCsv(fileTable(haltsOf(*recording, selection, cancel))); };
}

void HaltsTable::choose(const QModelIndex &, const NumberRow &row, bool add)
{
    if (row.vcpu)
        chooseVcpu(*row.vcpu, add);
}

} // namespace exitscope
