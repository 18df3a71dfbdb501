// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/findings.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <utility>

#include "model/causes/accounts.h"
#include "model/causes/finding_pass.h"
#include "model/number_format.h"
#include "model/parallel.h"
#include "model/statistics/totals.h"

namespace exitscope {

namespace {

constexpr double kNsPerSecond = 1e9;

// What a vCPU did in the selected time.
struct VcpuTime {
    Ns known = 0; // in states that are not Unknown
    Ns all = 0;
    Ns overhead = 0; // manual "Overhead": the numerator
};

VcpuTime timeOf(const VcpuAt &vcpu, const ExitFilter &filter)
{
    const Totals totals = besideExits(vcpu, filter).totals;
    const auto in = [&totals](VcpuState state) { return totals.states[static_cast<std::size_t>(state)]; };
    VcpuTime time;
    for (const Ns ns : totals.states)
        time.all += ns;
    time.known = time.all - in(VcpuState::Unknown);
    time.overhead = in(VcpuState::Kvm) + in(VcpuState::Userspace) + in(VcpuState::Blocked)
        + in(VcpuState::Preempted)-totals.haltKvm;
    return time;
}

bool isCostKnown(FindingMeasure measure)
{
    return measure != FindingMeasure::Wanders && measure != FindingMeasure::Unknown;
}

// What a rule found on all vCPUs, as it is put together.
class FindingMaker {
public:
    FindingMaker(const Recording &recording, const Selection &selection, CancelFlag cancel, const GuestSymbols *symbols)
        : m_recording(recording), m_selection(selection), m_cancel(cancel), m_symbols(symbols),
          m_filter(selection, recording.reasons)
    {
        for (const VcpuAt &vcpu : vcpusOf(recording))
            if (m_filter.passesVcpu(vcpu.key))
                m_vcpus.push_back(vcpu);
    }

    std::vector<Finding> make();

private:
    void look();
    void lookAtTakers();
    QString topTaker(const Finding &finding) const;
    bool isEnough(const FindingRule &rule, const FindingSums &sums, const VcpuTime &time) const;
    std::optional<Finding> findingOf(std::size_t rule) const;
    void addSelection(std::size_t rule, Finding &finding) const;
    QString evidenceOf(const Finding &finding) const;
    QString topOf(const Finding &finding, AccountKey key) const;

    const Recording &m_recording;
    const Selection &m_selection;
    CancelFlag m_cancel;
    const GuestSymbols *m_symbols;
    ExitFilter m_filter;
    std::vector<VcpuAt> m_vcpus;
    std::vector<std::vector<FindingSums>> m_found; // by vCPU, then rule
    std::vector<VcpuTime> m_times; // by vCPU
    std::vector<VcpuTakers> m_takers; // so too
};

void FindingMaker::look()
{
    m_found.resize(m_vcpus.size());
    m_times.resize(m_vcpus.size());
    inParallel(m_vcpus.size(), [this](std::size_t i) {
        m_times[i] = timeOf(m_vcpus[i], m_filter);
        m_found[i] = FindingPass(m_recording, m_filter, m_vcpus[i], m_cancel).run();
    });
    lookAtTakers();
}

void FindingMaker::lookAtTakers()
{
    m_takers = takersOf(m_recording, m_selection, m_cancel);
    if (m_takers.size() != m_vcpus.size()) // cancelled
        return;
    for (std::size_t rule = 0; rule < findingRules().size(); ++rule)
        for (std::size_t v = 0; v < m_vcpus.size(); ++v)
            for (const Taker &taker : m_takers[v].takers)
                if (findingRules()[rule].takers.contains(taker.kind)) {
                    m_found[v][rule].count += taker.times;
                    m_found[v][rule].cost += taker.ns;
                }
}

bool FindingMaker::isEnough(const FindingRule &rule, const FindingSums &sums, const VcpuTime &time) const
{
    const Ns of = rule.measure == FindingMeasure::Unknown ? time.all : time.known;
    if (sums.count == 0 || of <= 0)
        return false;
    const double seconds = double(of) / kNsPerSecond;
    return double(sums.count) >= rule.leastPerSecond * seconds
        && 100.0 * double(sums.cost) >= rule.leastPercent * double(of);
}

std::optional<Finding> FindingMaker::findingOf(std::size_t at) const
{
    Finding finding;
    finding.rule = &findingRules()[at];
    bool isAnyEnough = false;
    VcpuTime time;
    std::pair<Ns, std::int64_t> worst{-1, 0};
    Ns cost = 0;
    for (std::size_t v = 0; v < m_vcpus.size(); ++v) {
        const FindingSums &sums = m_found[v][at];
        isAnyEnough = isAnyEnough || isEnough(*finding.rule, sums, m_times[v]);
        finding.count += sums.count;
        cost += sums.cost;
        time.known += m_times[v].known;
        time.all += m_times[v].all;
        time.overhead += m_times[v].overhead;
        if (const std::pair own(sums.cost, sums.count); sums.count > 0 && own > worst) {
            worst = own;
            finding.worst = m_vcpus[v].id();
            finding.worstVcpu = m_vcpus[v].key;
        }
    }
    if (!isAnyEnough)
        return std::nullopt;
    const double seconds
        = double(finding.rule->measure == FindingMeasure::Unknown ? time.all : time.known) / kNsPerSecond;
    finding.perSecond = double(finding.count) / seconds;
    if (isCostKnown(finding.rule->measure)) {
        finding.cost = cost;
        finding.costPerSecond = double(cost) / seconds;
        // Halts are no overhead.
        if (finding.rule->measure != FindingMeasure::ShortSleeps && time.overhead > 0)
            finding.overheadPercent = 100.0 * double(cost) / double(time.overhead);
    }
    addSelection(at, finding);
    finding.evidence = evidenceOf(finding);
    return finding;
}

// As far as filters can say it.
void FindingMaker::addSelection(std::size_t at, Finding &finding) const
{
    const FindingRule &rule = *finding.rule;
    finding.selection = m_selection;
    std::set<ReasonKey> reasons;
    std::set<VcpuKey> vcpus;
    for (std::size_t v = 0; v < m_vcpus.size(); ++v) {
        const FindingSums &sums = m_found[v][at];
        if (sums.count > 0)
            vcpus.insert(m_vcpus[v].key);
        for (const std::uint16_t reason : sums.reasons)
            reasons.insert(m_recording.reasons[reason].key);
    }
    if (rule.measure == FindingMeasure::Taken || rule.measure == FindingMeasure::Wanders
        || rule.measure == FindingMeasure::Unknown) {
        finding.selection.vcpus = vcpus;
        return;
    }
    finding.selection.reasons = reasons;
    for (std::size_t v = 0; v < m_vcpus.size(); ++v)
        for (const std::uint64_t target : m_found[v][at].targets)
            finding.selection.targets.insert(Target{target});
    if (rule.match.touch)
        finding.selection.touches = {*rule.match.touch};
    if (rule.match.scenario)
        finding.selection.scenarios = {*rule.match.scenario};
    if (rule.measure == FindingMeasure::ShortSleeps) {
        finding.selection.bandOf = DurationKind::Gross;
        finding.selection.minNs.reset();
        finding.selection.maxNs = kShortSleep;
    }
}

// What most of the exits have for the key: "98.0 % 0xffffffff8106f0c4".
QString FindingMaker::topOf(const Finding &finding, AccountKey key) const
{
    const std::array keys{key};
    const Accounts accounts = accountsOf(m_recording, finding.selection, keys, m_cancel);
    if (accounts.total().count == 0)
        return {};
    std::size_t top = 0;
    for (std::size_t row = 1; row < accounts.size(); ++row)
        if (accounts.sums(row).count > accounts.sums(top).count)
            top = row;
    const KeyValue value = accounts.values(top).front();
    const QString share = formatPercent(100.0 * double(accounts.sums(top).count) / double(accounts.total().count));
    const QString text = share % QLatin1Char(' ') % info(key).text(KeyContext(m_recording), value);
    const QString place
        = key == AccountKey::Address && m_symbols ? m_symbols->placeText(finding.worstVcpu.vm, value.value) : QString();
    return place.isEmpty() ? text : QString(text % QStringLiteral(" (") % place % QLatin1Char(')'));
}

// Who took most of it from the vCPU that it costs most: "by qemu-system-x86 (1234), 61.0 %".
QString FindingMaker::topTaker(const Finding &finding) const
{
    const auto of = std::ranges::find(m_takers, finding.worstVcpu, [](const VcpuTakers &at) { return at.vcpu.key; });
    if (of == m_takers.end())
        return {};
    const Taker *top = nullptr;
    Ns all = 0;
    for (const Taker &taker : of->takers) {
        if (!finding.rule->takers.contains(taker.kind))
            continue;
        all += taker.ns;
        top = top && top->ns >= taker.ns ? top : &taker;
    }
    if (!top || top->kind == TakerKind::Free || top->thread == kUnknownHostThread || all == 0)
        return {};
    const HostThread &thread = of->vcpu.host->threads[top->thread];
    const QString name = thread.name.isEmpty() ? QStringLiteral("thread") : thread.name;
    return QStringLiteral("there by %1 (%2), %3")
        .arg(name, QString::number(thread.tid), formatPercent(100.0 * double(top->ns) / double(all)));
}

QString FindingMaker::evidenceOf(const Finding &finding) const
{
    switch (finding.rule->measure) {
    case FindingMeasure::Exits:
    case FindingMeasure::Pair: {
        QStringList facts;
        if (finding.rule->match.asksForTarget() || finding.rule->match.touch)
            facts << topOf(finding, AccountKey::Target);
        facts << QString(QStringLiteral("from ") % topOf(finding, AccountKey::Address));
        return facts.join(QStringLiteral("; "));
    }
    case FindingMeasure::Taken:
        return topTaker(finding);
    case FindingMeasure::ShortSleeps:
    case FindingMeasure::Blocked:
    case FindingMeasure::Wanders:
    case FindingMeasure::Unknown:
        break;
    }
    return {};
}

std::vector<Finding> FindingMaker::make()
{
    look();
    std::vector<Finding> findings;
    for (std::size_t rule = 0; rule < findingRules().size() && !isCancelled(m_cancel); ++rule)
        if (auto finding = findingOf(rule))
            findings.push_back(std::move(*finding));
    std::ranges::stable_sort(
        findings, [](const Finding &a, const Finding &b) { return a.cost.value_or(-1) > b.cost.value_or(-1); });
    return isCancelled(m_cancel) ? std::vector<Finding>() : findings;
}

} // namespace

std::vector<Finding> findingsOf(
    const Recording &recording, const Selection &selection, CancelFlag cancel, const GuestSymbols *symbols)
{
    return FindingMaker(recording, selection, cancel, symbols).make();
}

} // namespace exitscope
