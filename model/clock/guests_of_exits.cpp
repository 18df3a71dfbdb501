// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/guests_of_exits.h"

#include <algorithm>
#include <map>

#include "model/clock/event_slots.h"
#include "model/guest/context_kind.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr std::uint64_t kKernelCode = std::uint64_t{1} << 47; // guest addresses from here on are the kernel's
constexpr std::size_t kMostCandidates = 16;

// What the exit's address says of the code that ran; 0 is told where there is none.
enum class RipCode : std::uint8_t { NotTold, Program, Kernel };

RipCode codeOf(const ReasonTable &reasons, const ExitColumns &exits, std::size_t exit)
{
    const std::uint8_t isa = reasons[exits.reason(exit)].key.isa;
    const std::uint64_t rip = exits.guestRip(exit);
    if ((isa != kIsaVmx && isa != kIsaSvm) || rip == 0)
        return RipCode::NotTold;
    return rip < kKernelCode ? RipCode::Program : RipCode::Kernel;
}

// Texts of contexts and threads as labels, made once for each.
class Labels {
public:
    Labels(ExitGuests &guests, const GuestTrace &guest) : m_guests(guests), m_guest(guest) { }

    void put(const GuestContext &context, ExitGuests::Row &row)
    {
        if (context.thread != kNobody) {
            const OfThread &of = thread(context.thread);
            row.thread = context.thread;
            row.tid = m_guest.threads.tid[context.thread];
            row.threadName = of.name;
            set(row, GuestLabel::Thread, of.thread);
            set(row, GuestLabel::Process, of.process);
            if (context.call != kUnknownCall)
                set(row, GuestLabel::Syscall, call(context.call));
        }
        if (context.mode == GuestMode::Syscall)
            row.call = context.call;
        set(row, GuestLabel::Context, m_guests.label(contextText(context)));
    }

    QString threadText(const GuestContext &context)
    {
        return context.thread == kNobody ? QString() : m_guests.plainText(thread(context.thread).name);
    }
    QString contextText(const GuestContext &context) const
    {
        return exitscope::contextText(m_guest, kindOf(m_guest, context));
    }

private:
    struct OfThread {
        std::uint32_t name, thread, process;
    };

    static void set(ExitGuests::Row &row, GuestLabel kind, std::uint32_t label)
    {
        row.labels[static_cast<std::size_t>(kind)] = label;
    }

    QString callName(std::uint32_t call) const
    {
        const std::uint32_t name = m_guest.calls.name[call];
        return name == kNoName ? QStringLiteral("unknown") : m_guest.names[name];
    }
    std::uint32_t call(std::uint32_t call)
    {
        return m_guests.label(call == kNoCall ? QStringLiteral("none") : callName(call));
    }

    const OfThread &thread(std::uint32_t life)
    {
        const auto [known, isNew] = m_threads.try_emplace(life);
        if (!isNew)
            return known->second;
        known->second.name = m_guests.label(m_guest.nameOf(life));
        known->second.thread = m_guests.label(m_guest.threadText(life));
        known->second.process = m_guests.label(m_guest.processText(life));
        return known->second;
    }

    ExitGuests &m_guests;
    const GuestTrace &m_guest;
    std::map<std::uint32_t, OfThread> m_threads;
};

// The contexts of one guest CPU at the exits of its vCPU.
class ExitsOfCpu {
public:
    ExitsOfCpu(const Recording &recording, const GuestAlignment &alignment, const GuestCpu &cpu, const Vcpu &vcpu,
        ExitGuests &guests)
        : m_recording(recording), m_alignment(alignment), m_guest(recording.guests[alignment.guest]), m_cpu(cpu),
          m_exits(vcpu.exits), m_runs(runsOf(vcpu)), m_slots(cpu.events, alignment, m_runs), m_labels(guests, m_guest)
    {
        const ClockMap &map = alignment.map;
        m_lastCertain = m_lastPossible = map.toHost(m_guest.range.to);
        if (const auto bounds = map.bounds(m_guest.range.to)) {
            m_lastCertain = bounds->from;
            m_lastPossible = bounds->to;
        }
    }

    void add(ExitGuests::OfVcpu &to, CancelFlag cancel)
    {
        to.rows.resize(m_exits.size());
        for (std::size_t i = 0; i < m_exits.size(); ++i) {
            constexpr std::size_t kPerLook = 4096;
            if (i % kPerLook == 0 && isCancelled(cancel))
                return;
            addExit(i, to);
        }
    }

private:
    // All that it can be, likelier first.
    std::vector<GuestContext> candidatesOf(std::size_t exit, bool &isComplete) const
    {
        std::vector<GuestContext> all;
        const auto add = [&](std::size_t events) {
            const GuestContext context = m_guest.contextBehind(m_cpu, events);
            if (std::ranges::find(all, context) == all.end())
                all.push_back(context);
        };
        const Ns t = m_exits.time(exit);
        const EventsBefore before = m_slots.before(t);
        isComplete = before.possible - before.certain < kMostCandidates && !before.inEach.empty();
        if (t > m_lastPossible || before.inEach.empty()) // the guest's trace is over
            return {GuestContext{}};
        for (const std::size_t events : before.inEach)
            add(events);
        for (std::size_t events = before.certain; isComplete && events <= before.possible; ++events)
            add(events);
        if (t > m_lastCertain)
            all.emplace_back();
        return all;
    }

    // An address tells more than the context where no event told it, and what the guest says must not contradict it.
    static void refine(GuestContext &context, RipCode code, bool &isContradicted)
    {
        if (code == RipCode::Kernel && context.mode == GuestMode::User) {
            context.mode = GuestMode::Kernel; // an interrupt that left no event
        } else if (code == RipCode::Program && context.mode == GuestMode::Unknown) {
            context.mode = GuestMode::User;
            context.call = kNoCall;
        } else if (code == RipCode::Program && context.mode != GuestMode::User) {
            isContradicted = true;
        }
    }

    void addExit(std::size_t exit, ExitGuests::OfVcpu &to)
    {
        bool isComplete = true, isContradicted = false;
        std::vector<GuestContext> all = candidatesOf(exit, isComplete);
        const RipCode code = codeOf(m_recording.reasons, m_exits, exit);
        for (GuestContext &context : all)
            refine(context, code, isContradicted);
        const auto isSame = [&](auto member) {
            return std::ranges::all_of(
                all, [&](const GuestContext &other) { return member(other) == member(all[0]); });
        };
        const auto contextOf = [this](const GuestContext &context) { return m_labels.contextText(context); };
        const GuestContext &first = all.front();
        const bool isThread = isComplete && !isIdleInProgram(first, isContradicted) && first.thread != kNobody
            && isSame([](const GuestContext &context) { return context.thread; });
        const bool isContext = isComplete && !isContradicted && first.mode != GuestMode::Unknown && isSame(contextOf);
        ExitGuests::Row &row = to.rows[exit];
        m_labels.put(first, row);
        row.certainty = !isThread ? GuestCertainty::No : isContext ? GuestCertainty::Yes : GuestCertainty::Thread;
        if (all.size() > 1 && row.certainty != GuestCertainty::Yes)
            to.candidates[exit] = textsOf(all);
    }

    // No idle thread and no kernel thread runs a program's code.
    bool isIdleInProgram(const GuestContext &context, bool isContradicted) const
    {
        return isContradicted && context.thread != kNobody && m_guest.threads.isOfKernel[context.thread] != 0;
    }

    ExitGuests::Candidates textsOf(const std::vector<GuestContext> &all)
    {
        QStringList tids, threads, contexts;
        const auto add = [](QStringList &list, const QString &text) {
            if (!list.contains(text))
                list.append(text);
        };
        for (const GuestContext &context : all) {
            const bool isKnown = context.thread != kNobody;
            add(tids, isKnown ? QString::number(m_guest.threads.tid[context.thread]) : QString());
            add(threads, m_labels.threadText(context));
            add(contexts, m_labels.contextText(context));
        }
        const QString bar(QLatin1Char('|'));
        return {tids.join(bar), threads.join(bar), contexts.join(bar)};
    }

    const Recording &m_recording;
    const GuestAlignment &m_alignment;
    const GuestTrace &m_guest;
    const GuestCpu &m_cpu;
    const ExitColumns &m_exits;
    RunTrack m_runs;
    EventSlots m_slots;
    Labels m_labels;
    Ns m_lastCertain, m_lastPossible; // host times of the end of the guest's trace
};

} // namespace

ExitGuests guestsOfExits(const Recording &recording, std::span<const GuestAlignment> alignments, CancelFlag cancel)
{
    ExitGuests guests;
    for (const GuestAlignment &alignment : alignments) {
        if (!alignment.isAligned() || !alignment.vm)
            continue;
        const std::vector<GuestCpu> &cpus = recording.guests[alignment.guest].cpus;
        for (const VcpuAt &vcpu : vcpusOf(recording)) {
            if (vcpu.key.vm != *alignment.vm)
                continue;
            const auto cpu = std::ranges::find(alignment.vcpuOf, std::optional(vcpu.key.vcpu));
            if (cpu == alignment.vcpuOf.end() || guests.of(vcpu.number) || isCancelled(cancel))
                continue; // the first guest of a VM has it
            ExitGuests::OfVcpu &to = guests.add(vcpu.number);
            ExitsOfCpu(recording, alignment, cpus[std::size_t(cpu - alignment.vcpuOf.begin())], *vcpu.vcpu, guests)
                .add(to, cancel);
        }
    }
    return guests;
}

} // namespace exitscope
