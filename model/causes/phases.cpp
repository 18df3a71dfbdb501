// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/phases.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <tuple>

#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"
#include "model/timeline/time_per_state.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

// What begins or ends phases, in the order of time.
struct PhaseMark {
    enum Kind { Begin, End, Single, Toggle };
    Ns time = 0;
    Kind kind = Single;
    QString name;
};

struct Environment {
    Ns time = 0;
    QString name;
};

QString lastPart(const QString &path)
{
    return path.mid(path.lastIndexOf(QLatin1Char('/')) + 1);
}

// Only * and ? stand for something else: QRegularExpression knows sets, too.
QString withoutSets(QString pattern)
{
    return pattern.replace(QLatin1Char('['), QLatin1String("[[]"));
}

PhaseMark markOf(Ns time, const QString &text)
{
    const QString mark = text.trimmed();
    for (const auto &[kind, word] :
        {std::pair(PhaseMark::Begin, QLatin1String(" begin")), std::pair(PhaseMark::End, QLatin1String(" end"))})
        if (mark.endsWith(word))
            return {time, kind, mark.chopped(word.size()).trimmed()};
    return {time, PhaseMark::Single, mark};
}

// All marks of one guest.
class PhaseMarks {
public:
    PhaseMarks(const GuestTrace &guest, const QStringList &files)
    {
        for (const QString &pattern : files)
            m_patterns.push_back(
                {QRegularExpression(QRegularExpression::wildcardToRegularExpression(withoutSets(pattern))),
                    pattern.contains(QLatin1Char('/'))});
        for (std::size_t i = 0; i < guest.marks.size(); ++i)
            m_marks.push_back(markOf(guest.marks.time[i], guest.names[guest.marks.text[i]]));
        addFiles(guest);
        std::ranges::stable_sort(m_marks, {}, &PhaseMark::time);
        std::ranges::stable_sort(m_environments, {}, &Environment::time);
    }

    explicit PhaseMarks(const HostMarks &marks)
    {
        for (std::size_t i = 0; i < marks.size(); ++i)
            m_marks.push_back(markOf(marks.time[i], marks.text[i]));
    }

    const std::vector<PhaseMark> &all() const { return m_marks; }
    // As last told at or before the time, else as first told after it.
    QString environmentAt(Ns time) const
    {
        const auto next = std::ranges::upper_bound(m_environments, time, {}, &Environment::time);
        if (next != m_environments.begin())
            return std::prev(next)->name;
        return next == m_environments.end() ? QString() : next->name;
    }

private:
    struct Pattern {
        QRegularExpression form;
        bool isOfPath = false; // else of the last part of a path
    };

    void addFiles(const GuestTrace &guest)
    {
        const GuestCalls &calls = guest.calls;
        for (std::size_t i = 0; i < calls.size(); ++i)
            if (calls.file[i] != kNoName && calls.has(i, GuestCalls::Entered))
                addFile(calls.begin[i], guest.names[calls.file[i]]);
    }

    void addFile(Ns time, const QString &path)
    {
        const QString file = lastPart(path);
        if (file == QLatin1String("VM_NATIVE_ANALYSIS.txt"))
            m_environments.push_back({time, QStringLiteral("native")});
        else if (file == QLatin1String("VM_VIRTUALIZED_ANALYSIS.txt"))
            m_environments.push_back({time, QStringLiteral("virtualized")});
        else if (file == QLatin1String("VM_ANALYSIS.txt"))
            m_marks.push_back({time, PhaseMark::Toggle, QStringLiteral("workload")});
        else if (isWanted(path))
            m_marks.push_back({time, PhaseMark::Toggle, path});
    }

    bool isWanted(const QString &path)
    {
        const auto [known, isNew] = m_wanted.try_emplace(path, false);
        if (isNew) {
            const QString file = lastPart(path);
            known->second = std::ranges::any_of(
                m_patterns, [&](const Pattern &of) { return of.form.match(of.isOfPath ? path : file).hasMatch(); });
        }
        return known->second;
    }

    std::vector<Pattern> m_patterns;
    std::map<QString, bool> m_wanted; // by path
    std::vector<PhaseMark> m_marks;
    std::vector<Environment> m_environments;
};

// The phases of one guest, in the order of their begins.
class PhaseBuilder {
public:
    // `range`: of the trace with the marks.
    PhaseBuilder(TimeRange range, const PhaseMarks &marks) : m_range(range)
    {
        for (const PhaseMark &mark : marks.all())
            take(mark);
        for (Phase &phase : m_phases)
            phase.environment = marks.environmentAt(phase.ownTime.from);
        std::ranges::stable_sort(m_phases, {}, [](const Phase &phase) { return phase.ownTime.from; });
        std::map<QString, std::int64_t> counts;
        for (Phase &phase : m_phases)
            phase.number = ++counts[phase.name];
    }

    std::vector<Phase> take() { return std::move(m_phases); }

private:
    void take(const PhaseMark &mark)
    {
        const bool isOpen = mark.kind == PhaseMark::Toggle && m_open.contains(mark.name);
        if (mark.kind != PhaseMark::Toggle)
            endSingle(mark.time);
        if (mark.kind == PhaseMark::End || isOpen)
            return end(mark);
        const std::size_t phase = begin(mark.name, mark.time);
        if (mark.kind == PhaseMark::Single)
            m_single = phase;
        else
            m_open[mark.name].push_back(phase);
    }

    std::size_t begin(const QString &name, Ns time)
    {
        Phase &phase = m_phases.emplace_back();
        phase.name = name;
        phase.ownTime = {time, std::max(time, m_range.to)};
        phase.hasEnd = false;
        return m_phases.size() - 1;
    }

    // The innermost one of that name.
    void end(const PhaseMark &mark)
    {
        const auto open = m_open.find(mark.name);
        std::size_t phase = 0;
        if (open == m_open.end()) {
            phase = begin(mark.name, std::min(m_range.from, mark.time));
            m_phases[phase].hasBegin = false;
        } else {
            phase = open->second.back();
            open->second.pop_back();
            if (open->second.empty())
                m_open.erase(open);
        }
        m_phases[phase].ownTime.to = mark.time;
        m_phases[phase].hasEnd = true;
    }

    // A mark alone lasts to the next one.
    void endSingle(Ns time)
    {
        if (!m_single)
            return;
        m_phases[*m_single].ownTime.to = time;
        m_phases[*m_single].hasEnd = true;
        m_single.reset();
    }

    TimeRange m_range; // of the guest's trace
    std::vector<Phase> m_phases;
    std::map<QString, std::vector<std::size_t>> m_open; // by name, the innermost last
    std::optional<std::size_t> m_single; // that is not ended yet
};

// What a guest's threads lost on one vCPU up to any time.
class LostUpTo {
public:
    LostUpTo(const VcpuAt &vcpu, const GuestTrace &guest, const GuestCpu &cpu, const ClockMap &map)
        : m_states(vcpu.vcpu->states)
    {
        StateWalk walk(m_states);
        const TimeRange range = vcpu.host->range;
        const Ns end = std::clamp(map.toHost(guest.range.to), range.from, range.to);
        const GuestContexts &rows = cpu.contexts;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const Ns from = std::clamp(map.toHost(rows.time[row]), range.from, end);
            const Ns to = row + 1 < rows.size() ? std::clamp(map.toHost(rows.time[row + 1]), range.from, end) : end;
            const std::uint32_t thread = rows.thread[row];
            m_isKnown = m_isKnown || thread != kNobody;
            if (to <= from || thread == kNobody || guest.threads.isIdle(thread))
                continue;
            m_from.push_back(from);
            m_to.push_back(to);
            m_before.push_back(m_all);
            m_all += lostIn(walk.within({from, to}));
        }
    }

    bool isKnown() const { return m_isKnown; } // who ran at some time
    Ns within(TimeRange range) const { return range.to > range.from ? upTo(range.to) - upTo(range.from) : 0; }

private:
    Ns upTo(Ns t) const
    {
        const auto next = std::ranges::upper_bound(m_from, t);
        if (next == m_from.begin())
            return 0;
        const auto i = std::size_t(next - m_from.begin()) - 1;
        return m_before[i] + lostIn(m_states.within({m_from[i], std::min(t, m_to[i])}));
    }

    const StateColumns &m_states;
    std::vector<Ns> m_from, m_to, m_before; // of the stretches of threads, and what was lost before each
    Ns m_all = 0;
    bool m_isKnown = false;
};

void addExits(Phase &phase, const Recording &recording, const VcpuAt &vcpu, const ExitFilter &filter, TimeRange range,
    bool withEnd)
{
    const ExitColumns &exits = vcpu.vcpu->exits;
    const auto times = exits.times();
    const auto first = std::size_t(std::ranges::lower_bound(times, range.from) - times.begin());
    for (std::size_t i = first;
         i < exits.size() && (exits.time(i) < range.to || (withEnd && exits.time(i) == range.to)); ++i)
        if (filter.passes(vcpu, i))
            phase.add(exits, i, netIsKnown(recording, vcpu, i));
}

TimeRange common(TimeRange a, TimeRange b)
{
    const Ns from = std::max(a.from, b.from);
    return {from, std::max(from, std::min(a.to, b.to))};
}

bool overlaps(TimeRange phase, const Selection &selection)
{
    return (!selection.to || phase.from < *selection.to)
        && (!selection.from || phase.to > *selection.from || phase.from >= *selection.from);
}

// Fills in what phases had on the host, whose ranges are known.
class PhaseNumbers {
public:
    PhaseNumbers(const Recording &recording, std::span<const GuestAlignment> alignments, const Selection &selection,
        CancelFlag cancel)
        : m_recording(recording), m_alignments(alignments), m_selection(selection),
          m_filter(selection, recording.reasons), m_cancel(cancel)
    {
    }

    // `isOf`: whether the phases are of that VM.
    void add(std::vector<Phase> &phases, const auto &isOf) const
    {
        std::erase_if(phases, [&](const Phase &phase) { return !overlaps(*phase.range, m_selection); });
        for (const VcpuAt &vcpu : vcpusOf(m_recording))
            if (isOf(vcpu.key.vm) && m_filter.passesVcpu(vcpu.key) && !isCancelled(m_cancel))
                addVcpu(phases, vcpu);
        for (Phase &phase : phases)
            if (!phase.isLostWhole)
                phase.lost.reset();
    }

private:
    void addVcpu(std::vector<Phase> &phases, const VcpuAt &vcpu) const
    {
        const TimeRange selected = m_filter.rangeIn(vcpu.host->range);
        const auto alignment = std::ranges::find_if(
            m_alignments, [&](const GuestAlignment &of) { return of.isAligned() && of.vm && *of.vm == vcpu.key.vm; });
        std::optional<LostUpTo> lost;
        if (alignment != m_alignments.end()) {
            const GuestTrace &guest = m_recording.guests[alignment->guest];
            const auto cpu = std::ranges::find(alignment->vcpuOf, std::optional(vcpu.key.vcpu));
            if (cpu != alignment->vcpuOf.end())
                lost.emplace(vcpu, guest, guest.cpus[std::size_t(cpu - alignment->vcpuOf.begin())], alignment->map);
        }
        for (Phase &phase : phases) {
            const TimeRange range = common(*phase.range, selected);
            const TimeRange &host = vcpu.host->range;
            if (phase.range->from > host.to || phase.range->to < host.from)
                continue;
            phase.wasRecorded = true;
            addExits(phase, m_recording, vcpu, m_filter, range, phase.range->to > range.to && !m_selection.to);
            if (lost && lost->isKnown())
                phase.lost = phase.lost.value_or(0) + lost->within(range);
            else if (alignment != m_alignments.end())
                phase.isLostWhole = false; // nobody knows who ran on that vCPU
        }
    }

    const Recording &m_recording;
    std::span<const GuestAlignment> m_alignments;
    const Selection &m_selection;
    ExitFilter m_filter;
    CancelFlag m_cancel;
};

// Of repeated ones first which lost most.
void sortPhases(std::vector<Phase> &phases)
{
    std::map<QString, Ns> firsts;
    for (const Phase &phase : phases)
        firsts.try_emplace(phase.name, phase.ownTime.from);
    std::ranges::stable_sort(phases, {}, [&](const Phase &phase) {
        return std::tuple(firsts[phase.name], phase.name, -phase.lost.value_or(0), -phase.net);
    });
}

} // namespace

std::vector<Phase> phasesOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, const QStringList &files, CancelFlag cancel)
{
    const PhaseNumbers numbers(recording, alignments, selection, cancel);
    std::vector<Phase> all;
    const auto take = [&all](std::vector<Phase> &phases) {
        sortPhases(phases);
        all.insert(all.end(), std::make_move_iterator(phases.begin()), std::make_move_iterator(phases.end()));
    };
    for (const GuestAlignment &alignment : alignments) {
        const GuestTrace &guest = recording.guests[alignment.guest];
        std::vector<Phase> phases = PhaseBuilder(guest.range, PhaseMarks(guest, files)).take();
        const bool isKnown = alignment.isAligned() && alignment.vm;
        for (Phase &phase : phases) {
            phase.guest = alignment.guest;
            if (isKnown)
                phase.range
                    = TimeRange{alignment.map.toHost(phase.ownTime.from), alignment.map.toHost(phase.ownTime.to)};
        }
        if (isKnown)
            numbers.add(phases, [&](const VmKey &vm) { return vm == *alignment.vm; });
        take(phases);
    }
    for (std::size_t host = 0; host < recording.hosts.size(); ++host) {
        const Timeline &timeline = recording.hosts[host];
        std::vector<Phase> phases = PhaseBuilder(timeline.range, PhaseMarks(timeline.marks)).take();
        for (Phase &phase : phases) {
            phase.host = host;
            phase.range = phase.ownTime;
        }
        numbers.add(phases, [host](const VmKey &vm) { return vm.host == host; });
        take(phases);
    }
    return all;
}

} // namespace exitscope
