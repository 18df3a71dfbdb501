// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/findings.h"

#include <QStringList>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "model/causes/account_key.h"
#include "model/causes/finding_pass.h"
#include "model/guest/interrupt_text.h"
#include "model/guest/program_name.h"
#include "model/number_format.h"
#include "model/parallel.h"
#include "model/statistics/totals.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

constexpr double kNsPerSecond = 1e9;

// What a vCPU did in the selected time.
struct VcpuTime {
    Ns known = 0; // in states that are not Unknown
    Ns overhead = 0; // manual "Overhead": the numerator
};

VcpuTime timeOf(const VcpuAt &vcpu, const ExitFilter &filter)
{
    const Totals totals = besideExits(vcpu, filter).totals;
    const auto in = [&totals](VcpuState state) { return totals.states[static_cast<std::size_t>(state)]; };
    VcpuTime time;
    for (const Ns ns : totals.states)
        time.known += ns;
    time.known -= in(VcpuState::Unknown);
    time.overhead = in(VcpuState::Kvm) + in(VcpuState::Userspace) + in(VcpuState::Blocked)
        + in(VcpuState::Preempted)-totals.haltKvm;
    return time;
}

bool isOfExits(FindingMeasure measure)
{
    return measure != FindingMeasure::Taken && measure != FindingMeasure::Wanders && measure != FindingMeasure::Unknown;
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
    bool isRest(std::size_t rule, const ExitFilters &filters) const;
    void addSelection(std::size_t rule, Finding &finding) const;
    std::optional<std::set<Target>> targetsOf(std::size_t rule) const;
    using Counts = std::unordered_map<std::uint64_t, std::int64_t>;
    QString evidenceOf(std::size_t rule, const Finding &finding) const;
    QString topOf(std::size_t rule, Counts FindingSums::*of, AccountKey key) const;
    QString placeOf(std::size_t rule, AccountKey key, std::uint64_t address) const;
    QString topProgram(std::size_t rule) const;

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
        m_found[i] = FindingPass(m_recording, m_filter, m_vcpus[i], m_selection.guests.get(), m_cancel).run();
    });
    lookAtTakers();
}

void FindingMaker::lookAtTakers()
{
    m_takers = takersOf(m_recording, m_selection, m_cancel);
    if (isCancelled(m_cancel))
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
    const Ns of = rule.measure == FindingMeasure::Unknown ? sums.of : time.known;
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
    Ns unknownOf = 0;
    for (std::size_t v = 0; v < m_vcpus.size(); ++v) {
        const FindingSums &sums = m_found[v][at];
        isAnyEnough = isAnyEnough || isEnough(*finding.rule, sums, m_times[v]);
        finding.count += sums.count;
        cost += sums.cost;
        time.known += m_times[v].known;
        unknownOf += sums.of;
        finding.isBound = finding.isBound
            || (sums.count > 0 && takesExits(finding.rule->measure) && !m_vcpus[v].host->switchesRecorded);
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
        = double(finding.rule->measure == FindingMeasure::Unknown ? unknownOf : time.known) / kNsPerSecond;
    finding.perSecond = double(finding.count) / seconds;
    if (isCostKnown(finding.rule->measure)) {
        finding.cost = cost;
        finding.costPerSecond = double(cost) / seconds;
        // Halts are no overhead; and an exit is charged whole, where a range cuts what it is a part of.
        if (finding.rule->measure != FindingMeasure::ShortSleeps && time.overhead > 0 && cost <= time.overhead)
            finding.overheadPercent = 100.0 * double(cost) / double(time.overhead);
    }
    addSelection(at, finding);
    finding.evidence = evidenceOf(at, finding);
    return finding;
}

// Whether a rule before took exits that these filters let through: what is left are those with other targets.
bool FindingMaker::isRest(std::size_t at, const ExitFilters &filters) const
{
    const auto isAny = [](const auto &wanted, const auto &found) {
        return wanted.empty() || std::ranges::any_of(found, [&](const auto &one) { return wanted.contains(one); });
    };
    for (const std::vector<FindingSums> &found : m_found)
        for (std::size_t rule = 0; rule < at; ++rule) {
            const FindingRule &before = findingRules()[rule];
            const bool isOfReason = std::ranges::any_of(found[rule].reasons,
                [&](std::uint16_t of) { return filters.reasons.contains(m_recording.reasons[of].key); });
            if (takesExits(before.measure) && before.match.looksAtTarget() && isOfReason
                && isAny(filters.scenarios, found[rule].scenarios) && isAny(filters.touches, found[rule].touches))
                return true;
        }
    return false;
}

// As far as filters can say it: those that the rule does not ask for are as they were.
void FindingMaker::addSelection(std::size_t at, Finding &finding) const
{
    const FindingRule &rule = *finding.rule;
    finding.selection = m_selection;
    std::set<ReasonKey> reasons;
    std::set<VcpuKey> vcpus;
    std::set<Scenario> scenarios;
    for (std::size_t v = 0; v < m_vcpus.size(); ++v) {
        const FindingSums &sums = m_found[v][at];
        if (sums.count > 0)
            vcpus.insert(m_vcpus[v].key);
        for (const std::uint16_t reason : sums.reasons)
            reasons.insert(m_recording.reasons[reason].key);
        scenarios.insert(sums.scenarios.begin(), sums.scenarios.end());
    }
    if (!isOfExits(rule.measure)) {
        finding.selection.vcpus = vcpus;
        return;
    }
    finding.selection.reasons = reasons;
    if (rule.match.looksAtTarget())
        finding.selection.scenarios = scenarios; // a rule before can have taken the others
    else if (rule.match.scenario)
        finding.selection.scenarios = {*rule.match.scenario};
    if (rule.match.touch)
        finding.selection.touches = {*rule.match.touch};
    if (!rule.match.targets.empty() || (takesExits(rule.measure) && isRest(at, finding.selection)))
        if (const std::optional<std::set<Target>> targets = targetsOf(at))
            finding.selection.targets = *targets;
    if (rule.measure == FindingMeasure::ShortSleeps && m_selection.bandOf == DurationKind::Gross)
        finding.selection.maxNs = std::min(m_selection.maxNs.value_or(kShortSleep), kShortSleep);
}

// Of the exits of a rule; nothing where they are too many to be remembered.
std::optional<std::set<Target>> FindingMaker::targetsOf(std::size_t at) const
{
    std::set<Target> targets;
    for (const std::vector<FindingSums> &found : m_found) {
        for (const auto &[target, count] : found[at].targets)
            targets.insert(Target{target});
        if (!found[at].hasAllTargets() || targets.size() >= FindingSums::kMostTold)
            return std::nullopt;
    }
    return targets;
}

// What most of the exits have: "98.0 % 0xffffffff8106f0c4".
QString FindingMaker::topOf(std::size_t at, Counts FindingSums::*of, AccountKey key) const
{
    std::map<std::uint64_t, std::int64_t> all;
    std::int64_t count = 0;
    for (const std::vector<FindingSums> &found : m_found) {
        count += found[at].count;
        for (const auto &[value, times] : found[at].*of)
            all[value] += times;
    }
    const auto top = std::ranges::max_element(all, {}, [](const auto &value) { return value.second; });
    if (top == all.end() || count == 0)
        return {};
    return QString(formatPercent(100.0 * double(top->second) / double(count)) % QLatin1Char(' ')
        % info(key).text(KeyContext(m_recording), {0, top->first}) % placeOf(at, key, top->first));
}

// " (native_write_msr+0x6)", where symbols tell it.
QString FindingMaker::placeOf(std::size_t at, AccountKey key, std::uint64_t address) const
{
    if (key != AccountKey::Address || !m_symbols)
        return {};
    for (std::size_t v = 0; v < m_vcpus.size(); ++v) {
        if (!m_found[v][at].addresses.contains(address))
            continue;
        const QString place = m_symbols->placeText(m_vcpus[v].key.vm, address);
        return place.isEmpty() ? QString() : QString(QStringLiteral(" (") % place % QLatin1Char(')'));
    }
    return {};
}

// The guest's program that caused most of them, "by 98.0 % cpuids", or the interrupt, which no program causes, "by
// 83.9 % irq:4"; nothing where that is not known.
QString FindingMaker::topProgram(std::size_t at) const
{
    if (!m_selection.guests)
        return {};
    std::map<QString, std::int64_t> all;
    std::int64_t count = 0;
    for (const std::vector<FindingSums> &found : m_found) {
        count += found[at].count;
        for (const auto &[labels, times] : found[at].guests) {
            const QString &context = m_selection.guests->plainText(std::uint32_t(labels >> 32));
            const QString thread = m_selection.guests->plainText(std::uint32_t(labels & 0xffffffff));
            all[isInterruptText(context) ? context : programName(thread)] += times;
        }
    }
    const auto top = std::ranges::max_element(all, {}, [](const auto &value) { return value.second; });
    if (top == all.end() || count == 0 || top->first.isEmpty())
        return {};
    return QStringLiteral("by %1 %2")
        .arg(formatPercent(100.0 * double(top->second) / double(count)), visibleText(top->first));
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
    const QString name = thread.name.isEmpty() ? QStringLiteral("thread") : visibleText(thread.name);
    return QStringLiteral("there by %1 (%2), %3")
        .arg(name, QString::number(thread.tid), formatPercent(100.0 * double(top->ns) / double(all)));
}

QString FindingMaker::evidenceOf(std::size_t at, const Finding &finding) const
{
    if (finding.rule->measure == FindingMeasure::Taken)
        return topTaker(finding);
    if (!isOfExits(finding.rule->measure))
        return {};
    QStringList facts;
    if (finding.rule->match.looksAtTarget())
        facts << topOf(at, &FindingSums::targets, AccountKey::Target);
    facts << QString(QStringLiteral("from ") % topOf(at, &FindingSums::addresses, AccountKey::Address));
    if (const QString program = topProgram(at); !program.isEmpty())
        facts << program;
    return facts.join(QStringLiteral("; "));
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
