// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/layout.h"

#include <algorithm>
#include <string_view>

#include "model/record/richness.h"
#include "model/record/stream_recorder.h"
#include "model/source/ctf/field_references.h"
#include "model/source/ctf/program_builder.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;
using Scopes = FieldReferences::Scopes;

constexpr std::size_t kMostSteps = 1u << 18; // a kernel's events take a tenth of them
constexpr std::uint64_t kDense = 1u << 14; // ids of tracers are below, and each takes some bytes

bool isInteger(const FieldClass &field)
{
    return field.kind == Kind::Integer || field.kind == Kind::VariableInteger;
}

const Member *memberOf(const FieldClassPtr &structure, std::string_view name, std::uint32_t &position)
{
    if (!structure)
        return nullptr;
    const auto &members = structure->members;
    const auto found = std::ranges::find_if(members, [&](const Member &member) { return member.name == name; });
    position = static_cast<std::uint32_t>(found - members.begin());
    return found != members.end() ? &*found : nullptr;
}

class Finder {
public:
    Finder(const StreamClass &stream, const EventClass &event)
        : m_structures{&stream.commonContext, &event.specificContext, &event.payload}
    {
    }

    FieldPosition integer(FieldPlace place, const char *name) const { return find(place, name, isInteger); }
    FieldPosition text(FieldPlace place, const char *name) const
    {
        return find(
            place, name,
            [](const FieldClass &field) {
                const bool isSequence = field.kind == Kind::Array || field.kind == Kind::Sequence;
                return field.kind == Kind::String
                    || (isSequence && field.element->kind == Kind::Integer && field.element->bits <= 8);
            });
    }

private:
    template <typename Is>
    FieldPosition find(FieldPlace place, const char *name, Is is) const
    {
        FieldPosition position{place, 0, false};
        const Member *member = memberOf(*m_structures[static_cast<std::size_t>(place)], name, position.member);
        position.isThere = member && is(*member->type);
        return position;
    }

    std::array<const FieldClassPtr *, 3> m_structures;
};

bool holdsRole(const FieldClass &field, Role role)
{
    if (field.role == role || (field.element && holdsRole(*field.element, role)))
        return true;
    return std::ranges::any_of(field.members, [&](const Member &member) { return holdsRole(*member.type, role); })
        || std::ranges::any_of(field.options, [&](const Option &option) { return holdsRole(*option.type, role); });
}

bool holds(const FieldClassPtr &field, Role role)
{
    return field && holdsRole(*field, role);
}

bool setsClockWholly(const FieldClassPtr &packetContext)
{
    return packetContext
        && std::ranges::any_of(
            packetContext->members,
            [](const Member &member) { return member.type->role == Role::BeginTime && member.type->bits == 64; });
}

// What an event's fields can refer to.
Scopes scopesOf(const StreamClass &stream, const EventClass *event)
{
    return {nullptr, nullptr, stream.eventHeader.get(), stream.commonContext.get(),
        event ? event->specificContext.get() : nullptr, event ? event->payload.get() : nullptr};
}

FieldReferences referencesOf(const StreamClass &stream)
{
    FieldReferences references;
    Scopes ofPackets{};
    ofPackets[static_cast<std::size_t>(Scope::PacketContext)] = stream.packetContext.get();
    references.add(Scope::PacketContext, 0, ofPackets);
    for (const Scope scope : {Scope::EventHeader, Scope::CommonContext})
        references.add(scope, 0, scopesOf(stream, nullptr));
    for (const auto &[id, event] : stream.events)
        for (const Scope scope : {Scope::SpecificContext, Scope::Payload})
            references.add(scope, id, scopesOf(stream, &event));
    return references;
}

FieldKey keyOf(const FieldPosition &position, std::uint64_t event)
{
    constexpr Scope kScopeOf[] = {Scope::CommonContext, Scope::SpecificContext, Scope::Payload};
    FieldKey key = FieldReferences::rootKey(kScopeOf[static_cast<std::size_t>(position.place)], event);
    key.push_back(position.member);
    return key;
}

Wanted wantedOf(const EventPlan<FieldPosition> &plan, std::uint64_t event)
{
    using What = Target::What;
    std::map<FieldKey, std::vector<Target>> numbers;
    std::map<FieldKey, std::uint8_t> texts;
    if (plan.tid)
        numbers[keyOf(plan.tid, event)].push_back({What::Tid, 0});
    if (plan.pid)
        numbers[keyOf(plan.pid, event)].push_back({What::Pid, 0});
    if (plan.procname)
        texts[keyOf(plan.procname, event)] = kProcname;
    for (std::size_t place = 0; place < plan.fields.size(); ++place) {
        if (!plan.fields[place])
            continue;
        const FieldKey key = keyOf(plan.fields[place], event);
        numbers[key].push_back({What::Number, static_cast<std::uint16_t>(place)});
        texts.try_emplace(key, static_cast<std::uint8_t>(place)); // whichever it is
    }
    Wanted wanted;
    wanted.numbers = [numbers](const FieldKey &key) {
        const auto found = numbers.find(key);
        return found != numbers.end() ? found->second : std::vector<Target>{};
    };
    wanted.text = [texts](const FieldKey &key) {
        const auto found = texts.find(key);
        return found != texts.end() ? std::optional(found->second) : std::nullopt;
    };
    return wanted;
}

void markReasons(Program &program, const EventPlan<FieldPosition> &plan)
{
    if (plan.what.kind != EventKind::VmExit)
        return;
    for (Step &step : program)
        for (NumberRead &read : step.numbers)
            read.isReason = read.target.what == Target::What::Number && read.target.index == field::ExitReason;
}

EventLayout compileEvent(StreamLayout &layout, const FieldReferences &references, const EventClass &event)
{
    EventLayout result;
    result.eventClass = &event;
    const Finder finder(*layout.stream, event);
    result.plan = EventPlanner<FieldPosition, Finder>(finder).plan(event.name);
    result.kinds = kindsOf(result.plan);
    const Wanted wanted = wantedOf(result.plan, event.id);
    ProgramBuilder builder(layout.programs, references, wanted);
    const Scopes scopes = scopesOf(*layout.stream, &event);
    for (const Scope scope : {Scope::CommonContext, Scope::SpecificContext, Scope::Payload})
        if (const FieldClass *fields = scopes[static_cast<std::size_t>(scope)]) {
            if (holdsRole(*fields, Role::Time))
                throw CtfError("metadata: a field of events themselves sets the clock");
            builder.add(*fields, FieldReferences::rootKey(scope, event.id));
        }
    result.program = builder.finish();
    markReasons(layout.programs[result.program], result.plan);
    return result;
}

std::size_t compileScope(std::vector<Program> &programs, const FieldReferences &references, const FieldClassPtr &fields,
    Scope scope, const Wanted &wanted)
{
    ProgramBuilder builder(programs, references, wanted);
    if (fields)
        builder.add(*fields, FieldReferences::rootKey(scope, 0));
    return builder.finish();
}

// LTTng's: an id, which selects the usual form or one for what does not fit there, and the lower bits of the time.
UsualHeader usualHeaderOf(const std::vector<Program> &programs, const Program &header)
{
    const bool isChoice = header.size() == 2 && header[0].kind == Step::Kind::Run
        && header[1].kind == Step::Kind::Select && !header[1].isSigned
        && header[1].branches.front().selectedBy.size() == 1;
    if (!isChoice || header[0].numbers.empty() || !header[0].bytes.empty())
        return {};
    const Branch &branch = header[1].branches.front();
    const Program &form = programs[branch.program];
    const NumberRead &id = header[0].numbers.front();
    const auto isOf = [](const NumberRead &read, Role role) {
        return !read.isSigned && read.target.what == Target::What::Role && read.target.index == std::uint16_t(role);
    };
    UsualHeader usual;
    bool isKnown = form.size() == 1 && form[0].kind == Step::Kind::Run && form[0].numbers.size() == 1
        && form[0].bytes.empty() && isOf(form[0].numbers[0], Role::Time);
    bool isId = false;
    for (const NumberRead &read : header[0].numbers) {
        isKnown = isKnown && read.offset == id.offset && read.bits == id.bits && !read.isSigned;
        isId = isId || isOf(read, Role::EventClassId);
        if (read.target.what == Target::What::Register)
            usual.idRegister = read.target.index;
    }
    const std::uint32_t alignment = header[0].alignment;
    if (!isKnown || !isId || header[0].numbers.size() != 2 || usual.idRegister != header[1].selector
        || header[1].alignment > alignment || form[0].alignment > alignment)
        return {};
    const std::uint64_t inner = std::max(header[1].alignment, form[0].alignment);
    const std::uint64_t begin = (header[0].bits + inner - 1) / inner * inner;
    usual.alignment = alignment;
    usual.id = id;
    usual.ids = branch.selectedBy.front();
    usual.time = form[0].numbers[0];
    usual.time.offset += static_cast<std::uint32_t>(begin);
    usual.bits = begin + form[0].bits;
    return usual;
}

// How long the contexts are that all events have, and each event, where that is always the same.
void noteFixed(StreamLayout &layout, const FieldReferences &references)
{
    const FieldClassPtr &contexts = layout.stream->commonContext;
    if (contexts) {
        std::vector<Program> programs;
        const Wanted nothing;
        ProgramBuilder builder(programs, references, nothing);
        builder.add(*contexts, FieldReferences::rootKey(Scope::CommonContext, 0));
        const Program &program = programs[builder.finish()];
        if (program.size() != 1 || program.front().kind != Step::Kind::Run || program.front().bits % 8 != 0)
            return;
        layout.contextBytes = program.front().bits / 8;
        layout.contextAlignment = program.front().alignment;
    } else {
        layout.contextBytes = 0;
    }
    layout.contextAlignment = std::max(layout.contextAlignment, 8u);
    const auto note = [&](EventLayout &event) {
        const Program &program = layout.programs[event.program];
        const bool isRun = program.size() == 1 && program.front().kind == Step::Kind::Run;
        if (isRun && program.front().alignment == layout.contextAlignment)
            event.fixedBits = program.front().bits;
        const auto isCommon = [](const FieldPosition &at) { return !at || at.place == FieldPlace::CommonContext; };
        event.isOfContext = isCommon(event.plan.tid) && isCommon(event.plan.pid) && isCommon(event.plan.procname);
    };
    for (EventLayout &event : layout.dense)
        if (event.eventClass)
            note(event);
    for (auto &[id, event] : layout.sparse)
        note(event);
}

Wanted cpuOf(const FieldClassPtr &packetContext)
{
    FieldKey key = FieldReferences::rootKey(Scope::PacketContext, 0);
    std::uint32_t position = 0;
    const Member *cpu = memberOf(packetContext, "cpu_id", position);
    Wanted wanted;
    if (!cpu || !isInteger(*cpu->type))
        return wanted;
    key.push_back(position);
    wanted.numbers = [key](const FieldKey &asked) {
        return asked == key ? std::vector<Target>{{Target::What::Cpu, 0}} : std::vector<Target>{};
    };
    return wanted;
}

} // namespace

TraceLayout compileTrace(std::shared_ptr<const TraceClass> trace)
{
    TraceLayout layout;
    layout.trace = std::move(trace);
    const FieldClassPtr &header = layout.trace->packetHeader;
    FieldReferences references;
    Scopes scopes{};
    scopes[0] = header.get();
    references.add(Scope::PacketHeader, 0, scopes);
    layout.packetHeader = compileScope(layout.programs, references, header, Scope::PacketHeader, {});
    layout.registers = references.count();
    layout.hasMagic = holds(header, Role::Magic);
    layout.hasStreamClassId = holds(header, Role::StreamClassId);
    return layout;
}

StreamLayout compileStream(const TraceLayout &trace, const StreamClass &stream)
{
    StreamLayout layout;
    layout.trace = trace.trace;
    layout.stream = &stream;
    if (!stream.clock)
        throw CtfError("the stream has no clock");
    layout.clock = &trace.trace->clocks.at(*stream.clock);
    const FieldReferences references = referencesOf(stream);
    layout.registers = references.count();
    layout.selectors = references.askers();
    layout.stored = references.keepers();
    for (const auto &[key, place] : layout.selectors)
        if (references.asksSigned(key))
            layout.signedSelectors.insert(key);
    layout.hasPacketContext = bool(stream.packetContext);
    layout.packetsSetClock = setsClockWholly(stream.packetContext);
    layout.countsLostEvents = holds(stream.packetContext, Role::DiscardedEvents);
    layout.countsPackets = holds(stream.packetContext, Role::PacketNumber);
    layout.hasEventId = holds(stream.eventHeader, Role::EventClassId);
    // Behind a packet the clock stands at its end, which matters only where the next one does not set it anew.
    if (holds(stream.packetContext, Role::EndTime) && !setsClockWholly(stream.packetContext))
        throw CtfError("metadata: packets tell their end, but not their whole begin");
    if (holds(stream.packetContext, Role::Time))
        throw CtfError("metadata: a field of packets that is not their begin sets the clock");
    layout.packetContext = compileScope(
        layout.programs, references, stream.packetContext, Scope::PacketContext, cpuOf(stream.packetContext));
    layout.eventHeader = compileScope(layout.programs, references, stream.eventHeader, Scope::EventHeader, Wanted{});
    layout.usualHeader = usualHeaderOf(layout.programs, layout.programs[layout.eventHeader]);
    std::size_t steps = 0;
    for (const auto &[id, event] : stream.events) {
        const std::size_t before = layout.programs.size();
        const EventLayout compiled = compileEvent(layout, references, event);
        for (std::size_t i = before; i < layout.programs.size(); ++i)
            steps += 1 + layout.programs[i].size();
        if (steps > kMostSteps)
            throw CtfError("metadata: it declares more than any tracer does");
        if (id >= kDense) {
            layout.sparse.emplace(id, compiled);
            continue;
        }
        if (id >= layout.dense.size())
            layout.dense.resize(id + 1);
        layout.dense[id] = compiled;
    }
    noteFixed(layout, references);
    return layout;
}

} // namespace exitscope::ctf
