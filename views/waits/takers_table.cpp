// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/waits/takers_table.h"

#include <QVBoxLayout>

#include <algorithm>

#include "model/causes/file_tables.h"
#include "model/number_format.h"
#include "model/session/exit_search.h"
#include "model/visible_text.h"
#include "views/tables/statistics_table.h"
#include "views/waits/kind_bar.h"

namespace exitscope {

namespace {

constexpr int kBarColumn = 1;
constexpr int kTimeColumn = 2;
constexpr std::size_t kMostThreads = 1000; // of one vCPU
constexpr std::size_t kMostStretches = 1000; // that clicks go through

QString takersTr(const char *text)
{
    return QCoreApplication::translate("TakersTable", text);
}

QString titleOf(TakerKind kind)
{
    return QString::fromUtf8(info(kind).title.data(), qsizetype(info(kind).title.size()));
}

std::vector<NumberColumn> takersColumns()
{
    return {
        {takersTr("vCPU › Thread"), QStringLiteral("thread"),
            takersTr("The vCPU that waited; below it the threads that ran where it did"), true},
        {takersTr("Who"), QStringLiteral("kind"), takersTr("What these threads are to the vCPU's VM"), true},
        {takersTr("Time"), QStringLiteral("ns"),
            takersTr("Of a vCPU: how long it was preempted in the range; of a thread: how long of that it ran there")},
        {takersTr("Share"), QStringLiteral("percent"), takersTr("Of the vCPU's preempted time")},
        {takersTr("Times"), QStringLiteral("times"), takersTr("The stretches in which the thread ran there")},
        {takersTr("Migrations"), QStringLiteral("migrations"), takersTr("The vCPU ran on another pCPU than before")},
    };
}

QVariant shareOf(Ns part, Ns whole)
{
    return whole > 0 ? QVariant(100.0 * double(part) / double(whole)) : QVariant();
}

NumberRow threadRow(const VcpuTakers &vcpu, const Taker &taker)
{
    NumberRow row;
    row.key = QString::number(taker.thread);
    row.vcpu = vcpu.vcpu.key;
    row.thread = taker.thread;
    row.colour = int(taker.kind);
    const QString name = visibleText(takerText(threadOf(vcpu, taker)));
    row.cells = {
        {name, name,
            taker.thread == kUnknownHostThread
                ? takersTr("It is not known who ran there. Click to show when that was.")
                : takersTr("%1. Click to show the longest stretch in which it ran there; again the next.").arg(name)},
        {titleOf(taker.kind), titleOf(taker.kind)}, {formatDuration(taker.ns), qlonglong(taker.ns)},
        {formatShare(taker.ns, vcpu.preempted), shareOf(taker.ns, vcpu.preempted)},
        {formatCount(taker.times), qlonglong(taker.times)}, {}};
    return row;
}

// What people are told of a bar: "Host 63.1 %, pCPU free 36.9 %".
QString kindsText(const VcpuTakers &vcpu, std::vector<double> &parts)
{
    QStringList texts;
    const auto sums = vcpu.byKind();
    for (const TakerKindInfo &kind : kTakerKindTable) {
        const Ns ns = sums[static_cast<std::size_t>(kind.kind)];
        parts.push_back(shareOf(ns, vcpu.preempted).toDouble());
        if (ns > 0)
            texts << QString(titleOf(kind.kind) % u' ' % formatShare(ns, vcpu.preempted));
    }
    return texts.join(QStringLiteral(", "));
}

NumberRow vcpuRow(const VcpuTakers &vcpu)
{
    NumberRow row;
    row.key = vcpu.vcpu.id() % u'@' % QString::number(vcpu.vcpu.key.vm.host);
    row.vcpu = vcpu.vcpu.key;
    const QString name = visibleText(vcpu.vcpu.id());
    const QString migrations = formatCount(vcpu.migrations);
    if (!vcpu.vcpu.host->switchesRecorded) {
        const NumberCell unknown{QStringLiteral("–"), {}, takersTr("not known without sched_switch")};
        row.cells = {{name, name}, unknown, unknown, unknown, {}, {migrations, qlonglong(vcpu.migrations)}};
        return row;
    }
    const QString kinds = kindsText(vcpu, row.parts);
    if (vcpu.preempted == 0)
        row.parts.clear();
    row.cells = {{name, name}, {{}, {}, kinds}, {formatDuration(vcpu.preempted), qlonglong(vcpu.preempted)}, {}, {},
        {migrations, qlonglong(vcpu.migrations)}};
    for (const Taker &taker : vcpu.takers)
        if (row.children.size() < kMostThreads)
            row.children.push_back(threadRow(vcpu, taker));
    return row;
}

NumberRows takersRows(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    NumberRows made{takersColumns(), {}, {}};
    const std::vector<VcpuTakers> all = takersOf(recording, selection, cancel);
    Ns preempted = 0;
    bool isKnown = true;
    std::size_t most = 0;
    for (const VcpuTakers &vcpu : all) {
        made.rows.push_back(vcpuRow(vcpu));
        preempted += vcpu.preempted;
        isKnown &= vcpu.vcpu.host->switchesRecorded;
        most = std::max(most, vcpu.takers.size());
    }
    QStringList notes;
    if (!isKnown)
        notes << takersTr("Who had the pCPU is not known where sched_switch was not recorded.");
    else if (preempted == 0)
        notes << takersTr("No vCPU was preempted in the selected time.");
    if (most > kMostThreads)
        notes << takersTr("Of each vCPU the %1 threads that took most are listed; saved as CSV the table has all.")
                     .arg(formatCount(std::int64_t(kMostThreads)));
    made.note = notes.join(u'\n');
    return made;
}

bool isChosenTaker(const NumberRow &row, int, const ViewValues &values)
{
    return row.colour < 0 && row.vcpu && values.vcpus.contains(*row.vcpu);
}

QVariant takerColour(const NumberRow &row, int column, const Theme &theme)
{
    return column == kBarColumn && row.colour >= 0 ? QVariant(theme.taker(TakerKind(row.colour))) : QVariant();
}

} // namespace

TakersTable::TakersTable(ViewState &state, QWidget *parent)
    : NumberTable(state, tr("Who had the CPU while vCPUs waited"), takersRows, {isChosenTaker, takerColour}, parent),
      m_bars(new KindBarDelegate(view(), [this](const QModelIndex &index) { return model().rowAt(sourceOf(index)); })),
      m_legend(new KindLegend(this)), m_search(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
    static_cast<QVBoxLayout *>(layout())->insertWidget(0, m_legend);
    m_bars->setParent(view());
    view()->setItemDelegateForColumn(kBarColumn, m_bars);
    sortFirstBy(kTimeColumn, Qt::DescendingOrder);
}

void TakersTable::setTheme(const Theme &theme)
{
    NumberTable::setTheme(theme);
    m_bars->setTheme(theme);
    m_legend->setTheme(theme);
}

// Other filters touch exits, not states.
Selection TakersTable::askedOf(const Selection &selection) const
{
    Selection range;
    range.from = selection.from;
    range.to = selection.to;
    return range;
}

std::function<QString(CancelFlag cancel)> TakersTable::csv() const
{
    return [recording = m_recording, selection = m_state.values().selection()](
               CancelFlag cancel) { return toCsv(fileTable(takersOf(*recording, selection, cancel))); };
}

void TakersTable::choose(const QModelIndex &, const NumberRow &row, bool add)
{
    if (row.colour < 0)
        chooseVcpu(*row.vcpu, add);
    else
        showTaken(*row.vcpu, row.thread);
}

void TakersTable::showTaken(const VcpuKey &vcpu, std::uint32_t thread)
{
    const Selection selection = askedOf(m_state.values().selection());
    if (m_taken.recording.lock() == m_recording && m_taken.selection == selection && m_taken.vcpu == vcpu
        && m_taken.thread == thread && !m_taken.stretches.empty()) {
        m_taken.at = (m_taken.at + 1) % m_taken.stretches.size();
        return goTo(m_taken);
    }
    m_search.start(
        [this, recording = m_recording, selection, vcpu, thread](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            Taken taken{recording, selection, vcpu, thread, {}, 0};
            if (const auto at = vcpuAt(*recording, vcpu)) {
                const TimeRange host = at->host->range;
                const TimeRange range{std::max(selection.from.value_or(host.from), host.from),
                    std::min(selection.to.value_or(host.to), host.to)};
                taken.stretches = longestTaken(*at, thread, range, kMostStretches, &cancel);
            }
            return [this, taken = std::move(taken)] {
                if (taken.recording.lock() != m_recording || taken.stretches.empty())
                    return;
                m_taken = taken;
                goTo(m_taken);
            };
        });
}

// The stretch with as much on either side, and the exit of the vCPU in which it waited.
void TakersTable::goTo(const Taken &taken)
{
    const TimeRange stretch = taken.stretches[taken.at];
    const TimeRange around{stretch.from - stretch.length(), stretch.to + stretch.length()};
    const auto at = vcpuAt(*m_recording, taken.vcpu);
    const std::span<const Ns> times = at->vcpu->exits.times();
    const auto after = std::ranges::upper_bound(times, stretch.from);
    if (after == times.begin())
        return m_state.setVisible(around);
    const auto exit = std::size_t(after - times.begin()) - 1;
    const bool isWithin = at->vcpu->exits.timed(exit) && stretch.to <= at->vcpu->exits.end(exit);
    m_state.setCurrent(isWithin ? std::optional(ExitRef{taken.vcpu, exit}) : std::nullopt, around);
}

} // namespace exitscope
