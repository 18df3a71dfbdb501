// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/text_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace exitscope::reader {

namespace {

constexpr std::uint64_t kBetweenSigns = 1u << 16; // of life: lines

using Kind = EventLine::Kind;

constexpr std::size_t kIndexWindow = std::size_t{256} * 1024;
constexpr std::size_t kMostNames = std::size_t{16} * 1024; // a kernel has some 3000 events; each system call counts
constexpr Ns kStepBack = 1'000'000'000; // CPUs and buffers are not that far apart
constexpr std::size_t kShown = 120;

// Its begin, without what a terminal would take for a command.
std::string shown(std::string_view text)
{
    std::string clean(text.substr(0, kShown));
    std::replace_if(
        clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    // No half of a character of UTF-8 at the end.
    if (text.size() > kShown)
        while (!clean.empty() && static_cast<unsigned char>(clean.back()) >= 0x80)
            clean.pop_back();
    return text.size() > kShown ? clean + "…" : clean;
}

} // namespace

TextIndex::TextIndex(const TextFile &file, const Alive &alive)
{
    LineReader reader(file, kIndexWindow);
    for (TextLine text; reader.next(text);) {
        if (++m_line % kBetweenSigns == 0 && alive)
            alive();
        if (text.isTooLong)
            noteNotUnderstood(text.text);
        else if (!text.hasEnd && readEventLine(text.text).kind == Kind::Event)
            noteNotUnderstood(text.text, " (the text ends inside of this line: it may be cut)");
        else if (!take(text))
            break;
    }
    if (cpusAreInferred())
        numberCpus();
    for (auto &[number, cpu] : m_cpus)
        cpu.extents.close();
    if (m_steps.areDifferences())
        throw ReadError("its times are differences, each from the line before; print them without --deltatime");
    if (!m_events.empty())
        return;
    if (m_counts > 0)
        throw ReadError("the times of its events are ticks of a clock, not seconds; record with trace_clock \"mono\"");
    throw ReadError("it has no event that can be read");
}

bool TextIndex::take(const TextLine &text)
{
    EventLine line = readEventLine(text.text);
    if (line.kind == Kind::Event && line.cpu == kNoPcpu)
        line.cpu = m_inferred.cpuOf(line);
    switch (line.kind) {
    case Kind::Event:
    case Kind::Lost: {
        if (isOfOther(line) || (line.kind == Kind::Event && !takeEvent(line, text)))
            return false;
        Cpu &cpu = m_cpus[line.cpu];
        if (line.kind == Kind::Event)
            cpu.lastNs = std::max(cpu.lastNs, line.timeNs);
        cpu.extents.add(text.begin, text.end, line.kind == Kind::Event ? rankAmongOthers(line) : 0);
        break;
    }
    case Kind::Head:
        noteHead(line.tool);
        break;
    case Kind::Beside:
        if (m_head == TextTool::Unknown)
            m_head = line.tool;
        break;
    case Kind::Count:
        ++m_counts;
        noteNotUnderstood(text.text);
        break;
    case Kind::Unknown:
        noteNotUnderstood(text.text);
        break;
    }
    return true;
}

// A second text behind the first can only belong to it where it tells of other CPUs.
bool TextIndex::isOfOther(const EventLine &line)
{
    const auto found = m_cpus.find(line.cpu);
    if (found == m_cpus.end())
        return false;
    const Cpu &cpu = found->second;
    if (cpu.isBeforeHead) {
        endAtHead(line.cpu);
        return true;
    }
    if (line.kind != Kind::Event || cpu.lastNs == kNoTime || cpu.lastNs - line.timeNs <= kStepBack)
        return false;
    const Ns back = cpu.lastNs - line.timeNs;
    fault(line.cpu, m_line, "the time steps back by " + std::to_string(back / 1'000'000) + " ms; ");
    return true;
}

// All behind the last head is of the other text, also what it told of CPUs of its own.
void TextIndex::endAtHead(std::int32_t cpu)
{
    std::erase_if(m_cpus, [](const auto &entry) { return !entry.second.isBeforeHead; });
    for (const std::string &name : m_namesSinceHead)
        m_events.erase(name);
    m_facts = m_factsBeforeHead;
    fault(cpu, m_headLine, {});
}

// Of a CPU that has no lines another one tells it.
void TextIndex::fault(std::int32_t cpu, std::uint64_t line, const std::string &cause)
{
    const auto found = m_cpus.find(cpu);
    Cpu &teller = found != m_cpus.end() ? found->second : m_cpus.begin()->second;
    teller.fault = "line " + std::to_string(line) + ": " + cause
        + "text of another machine or another recording begins here; split the file there";
}

const EventClass *TextIndex::classOf(const EventLine &line, std::string &buffer) const
{
    buffer.assign(line.call).append(line.name);
    const auto found = m_events.find(buffer);
    return found == m_events.end() ? nullptr : &found->second;
}

const EventClass *TextIndex::noteName(const EventLine &line)
{
    if (const EventClass *what = classOf(line, m_name))
        return what;
    if (m_events.size() >= kMostNames)
        return nullptr;
    m_namesSinceHead.push_back(m_name);
    return &m_events.emplace(m_name, classify(m_name)).first->second;
}

bool TextIndex::takeEvent(const EventLine &line, const TextLine &text)
{
    EventTold told;
    const EventClass *what = noteName(line);
    const FieldsRead read = what ? readFields(*what, line.fields, m_facts, told) : FieldsRead::None;
    if (what && what->kind == EventKind::VmExit
        && !noteIsa(static_cast<std::uint8_t>(told.number(field::ExitIsa) & 0xff))) {
        // The other text begins with its head, unless that is one of this text.
        const bool isBehindHead
            = std::any_of(m_cpus.begin(), m_cpus.end(), [](const auto &entry) { return entry.second.isBeforeHead; });
        if (isBehindHead && !m_hasIsaSinceHead)
            endAtHead(line.cpu);
        else
            fault(line.cpu, m_line, "its VM exits are of another kind of CPU than those before; ");
        return false;
    }
    if (what && what->kind == EventKind::VmEntry)
        m_facts.entriesTellRip = m_facts.entriesTellRip || line.fields.find("rip") != std::string_view::npos;
    if (m_byLines == TextTool::Unknown)
        m_byLines = line.tool;
    m_hasTid = m_hasTid || line.tid != kNoThread;
    m_hasPid = m_hasPid || line.pid != kNoThread;
    m_hasComm = m_hasComm || line.comm.data();
    if (read != FieldsRead::All)
        noteNotUnderstood(text.text);
    m_steps.add(line);
    return true;
}

// A machine has VMX or SVM; 0 and what else stands in a raw text say nothing. False: not that of the exits before.
bool TextIndex::noteIsa(std::uint8_t isa)
{
    const auto isKnown = [](std::uint8_t number) { return number == kIsaVmx || number == kIsaSvm; };
    if (isKnown(isa) && isKnown(m_facts.isa) && isa != m_facts.isa)
        return false;
    if (m_facts.isa == 0)
        m_facts.isa = isa;
    m_hasIsaSinceHead = m_hasIsaSinceHead || isKnown(isa);
    return true;
}

// What who reads the lines of one CPU alone cannot know; 0: its own lines tell it.
std::uint32_t TextIndex::rankAmongOthers(const EventLine &line)
{
    const bool hasChanged = std::exchange(m_lastCpu, line.cpu) != line.cpu;
    const std::uint32_t rank = m_ties.among(line, hasChanged);
    return hasChanged ? rank : 0;
}

// CPUs that no line tells of by number have the lowest that are left.
void TextIndex::numberCpus()
{
    std::map<std::int32_t, Cpu> numbered;
    std::vector<std::map<std::int32_t, Cpu>::node_type> unnumbered; // the first that turned up comes first
    while (!m_cpus.empty()) {
        auto node = m_cpus.extract(std::prev(m_cpus.end()));
        const std::int32_t inferred = node.key();
        if (inferred < kNoPcpu)
            node.key() = m_inferred.told(inferred).value_or(inferred);
        if (node.key() < kNoPcpu || numbered.contains(node.key()))
            unnumbered.push_back(std::move(node));
        else
            numbered.insert(std::move(node));
    }
    std::int32_t free = 0;
    for (auto &node : unnumbered) {
        while (numbered.contains(free))
            ++free;
        node.key() = free;
        numbered.insert(std::move(node));
    }
    m_cpus = std::move(numbered);
}

void TextIndex::noteHead(TextTool tool)
{
    m_head = tool;
    m_headLine = m_line;
    m_hasIsaSinceHead = false;
    m_factsBeforeHead = m_facts;
    m_namesSinceHead.clear();
    if (m_cpus.empty() && tool == TextTool::TraceCmd && ++m_heads > 1)
        throw ReadError("it tells of several recordings at once (trace-cmd report of several files); print each alone");
    for (auto &[number, cpu] : m_cpus)
        cpu.isBeforeHead = true;
}

void TextIndex::noteNotUnderstood(std::string_view text, const char *why)
{
    if (m_notUnderstood.lines++ > 0)
        return;
    m_notUnderstood.first = m_line;
    m_notUnderstood.text = shown(text) + why;
}

TextTool TextIndex::tool() const
{
    if (m_head != TextTool::Unknown)
        return m_head;
    return m_byLines == TextTool::Unknown ? TextTool::Ftrace : m_byLines;
}

} // namespace exitscope::reader
