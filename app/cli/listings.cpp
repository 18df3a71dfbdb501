// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/listings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <string>

#include "app/cli/csv_writer.h"
#include "model/causes/symbol_ranges.h"
#include "model/guest/exit_guests.h"
#include "model/reference/target_names.h"
#include "model/statistics/exit_filter.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

struct SelectedVcpu {
    std::string vm, number; // UTF-8, converted once and not for every row
    VcpuAt at;
    TimeRange range;
};

std::vector<SelectedVcpu> selectedVcpus(const Recording &recording, const ExitFilter &filter)
{
    std::vector<SelectedVcpu> result;
    for (const VcpuAt &of : vcpusOf(recording))
        if (filter.passesVcpu(of.key))
            result.push_back(
                {of.vm->name.toStdString(), of.vcpu->number.toStdString(), of, filter.rangeIn(of.host->range)});
    return result;
}

void addHeader(CsvWriter &csv, std::initializer_list<std::string_view> columns)
{
    for (const std::string_view column : columns)
        csv.text(column);
}

void addPcpu(CsvWriter &csv, std::int32_t pcpu)
{
    if (pcpu != kNoPcpu)
        csv.integer(pcpu);
    else
        csv.empty();
}

void addIntervals(CsvWriter &csv, const SelectedVcpu &of)
{
    const StateColumns &states = of.at.vcpu->states;
    if (of.range.length() == 0)
        return;
    for (std::size_t i = states.at(of.range.from); i < states.size() && states.begin(i) < of.range.to; ++i) {
        csv.text(of.vm).text(of.number);
        csv.integer(std::max(states.begin(i), of.range.from)).integer(std::min(states.end(i), of.range.to));
        csv.text(info(states.state(i)).name);
        addPcpu(csv, states.pcpu(i));
        csv.endRow();
    }
}

// The exits of all selected vCPUs as one list; each vCPU's are ordered already.
class ExitMerge {
public:
    ExitMerge(const std::vector<SelectedVcpu> &vcpus, const ExitFilter &filter) : m_vcpus(vcpus), m_filter(filter)
    {
        for (std::size_t i = 0; i < vcpus.size(); ++i) {
            const auto [first, last] = filter.within(vcpus[i].at.vcpu->exits.times());
            advance({0, i, first, last});
        }
    }

    void visit(const auto &row)
    {
        while (!m_heads.empty()) {
            const Head head = m_heads.top();
            m_heads.pop();
            row(m_vcpus[head.vcpu], head.exit);
            advance({0, head.vcpu, head.exit + 1, head.last});
        }
    }

private:
    struct Head {
        Ns time;
        std::size_t vcpu; // position: VMs and vCPUs are ordered
        std::size_t exit;
        std::size_t last;
        bool operator>(const Head &other) const { return std::pair(time, vcpu) > std::pair(other.time, other.vcpu); }
    };

    void advance(Head head)
    {
        const SelectedVcpu &of = m_vcpus[head.vcpu];
        while (head.exit < head.last && !m_filter.passes(of.at, head.exit))
            ++head.exit;
        if (head.exit == head.last)
            return;
        head.time = of.at.vcpu->exits.time(head.exit);
        m_heads.push(head);
    }

    const std::vector<SelectedVcpu> &m_vcpus;
    const ExitFilter &m_filter;
    std::priority_queue<Head, std::vector<Head>, std::greater<>> m_heads;
};

void addDurations(CsvWriter &csv, const ExitColumns &exits, std::size_t i)
{
    const ExitParts parts = exits.parts(i);
    for (const Ns duration :
        {parts.gross(), parts.net(), parts.kvm, parts.userspace, parts.preempted, parts.idle, parts.blocked, parts.irq})
        if (exits.timed(i))
            csv.integer(duration);
        else
            csv.empty();
}

void addTarget(CsvWriter &csv, Target target)
{
    if (!target.isKnown()) {
        csv.empty().empty();
        return;
    }
    csv.text(name(target.kind()));
    if (target.kind() == TargetKind::ControlRegister || target.kind() == TargetKind::DebugRegister)
        csv.integer(static_cast<std::int64_t>(target.value()));
    else
        csv.hex(target.value());
}

struct ReasonCells {
    ReasonKey key;
    std::string name;
};

void addExit(CsvWriter &csv, const SelectedVcpu &of, const ReasonCells &reason, std::size_t i)
{
    const ExitColumns &exits = of.at.vcpu->exits;
    const bool run = exits.hasRun(i);
    csv.text(of.vm).text(of.number);
    csv.integer(run ? std::optional(exits.entry(i)) : std::nullopt);
    csv.integer(exits.time(i)).integer(exits.event(i));
    csv.integer(run ? std::optional(exits.run(i)) : std::nullopt);
    addDurations(csv, exits, i);
    csv.integer(reason.key.isa).integer(reason.key.code).text(reason.name).text(name(exits.scenario(i)));
    csv.hex(exits.guestRip(i));
    addPcpu(csv, exits.pcpu(i));
    addTarget(csv, exits.target(i));
}

// The names of code, converted once and not for every row.
class SymbolCells {
public:
    explicit SymbolCells(const GuestSymbols &symbols) : m_symbols(symbols) { }

    void add(CsvWriter &csv, const VcpuAt &of, std::size_t i)
    {
        const GuestCode code = codeAt(m_symbols.of(of.key.vm), of.vcpu->exits.guestRip(i));
        const auto [text, isNew] = m_texts.try_emplace({code.kind, code.name});
        if (isNew)
            text->second = codeName(code, &m_symbols).toStdString();
        csv.text(text->second);
    }

private:
    const GuestSymbols &m_symbols;
    std::map<std::pair<CodeKind, std::uint32_t>, std::string> m_texts;
};

void addGuest(CsvWriter &csv, const ExitGuests &guests, const VcpuAt &of, std::size_t i)
{
    const ExitGuests::OfVcpu *own = guests.of(of.number);
    if (!own) {
        csv.empty().empty().empty().empty();
        return;
    }
    const ExitGuests::Row &row = own->rows[i];
    const auto candidates = own->candidates.find(i);
    if (candidates != own->candidates.end()) {
        csv.text(candidates->second.tids).text(candidates->second.threads).text(candidates->second.contexts);
    } else {
        csv.integer(row.tid == kNoThread ? std::nullopt : std::optional<std::int64_t>(row.tid));
        csv.text(guests.plainText(row.threadName));
        csv.text(guests.plainText(row.labels[static_cast<std::size_t>(GuestLabel::Context)]));
    }
    csv.text(name(row.certainty));
}

} // namespace

void writeIntervals(Output &output, const Recording &recording, const Selection &selection)
{
    CsvWriter csv(output);
    addHeader(csv, {"vm", "vcpu", "begin_ns", "end_ns", "state", "pcpu"});
    csv.endRow();
    const ExitFilter filter(selection, recording.reasons);
    for (const SelectedVcpu &vcpu : selectedVcpus(recording, filter))
        addIntervals(csv, vcpu);
}

void writeExits(Output &output, const Recording &recording, const Selection &selection, const GuestSymbols *symbols)
{
    CsvWriter csv(output);
    addHeader(csv,
        {"vm", "vcpu", "entry_ns", "time_ns", "exit_event_ns", "run_ns", "gross_ns", "net_ns", "kvm_ns", "userspace_ns",
            "preempted_ns", "idle_ns", "blocked_ns", "irq_ns", "isa", "code", "reason", "scenario", "guest_rip", "pcpu",
            "target_kind", "target"});
    std::optional<SymbolCells> names;
    if (symbols) {
        names.emplace(*symbols);
        csv.text(std::string_view("symbol"));
    }
    if (selection.guests)
        addHeader(csv, {"guest_tid", "guest_thread", "guest_context", "certain"});
    csv.endRow();
    const ExitFilter filter(selection, recording.reasons);
    const std::vector<SelectedVcpu> vcpus = selectedVcpus(recording, filter);
    std::vector<ReasonCells> reasons;
    for (std::size_t i = 0; i < recording.reasons.size(); ++i)
        reasons.push_back({recording.reasons[i].key, recording.reasons[i].name.toStdString()});
    ExitMerge(vcpus, filter).visit([&](const SelectedVcpu &vcpu, std::size_t i) {
        addExit(csv, vcpu, reasons[vcpu.at.vcpu->exits.reason(i)], i);
        if (names)
            names->add(csv, vcpu.at, i);
        if (selection.guests)
            addGuest(csv, *selection.guests, vcpu.at, i);
        csv.endRow();
    });
}

} // namespace exitscope
