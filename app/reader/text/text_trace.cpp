// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/text_trace.h"

#include <algorithm>
#include <utility>

#include "app/reader/text/tie_rank.h"
#include "model/record/richness.h"

namespace exitscope::reader {

namespace {

constexpr std::size_t kWindow = std::size_t{32} * 1024; // the lines of other CPUs are read too

class TextStream : public FileStream {
public:
    TextStream(const TextFile &file, const TextIndex &index, const TextIndex::Cpu &cpu)
        : m_index(index), m_cpu(cpu), m_reader(file, kWindow), m_walk(cpu.extents)
    {
    }

    bool next(FileStep &step) override;
    std::uint64_t bytesRead() const override { return m_bytesRead; }
    void tellFields(RawEvent &event) const override;

private:
    bool nextLine(TextLine &text);
    void takeEvent(const EventLine &line, FileStep &step);
    bool repeats(std::string_view text);

    const TextIndex &m_index;
    const TextIndex::Cpu &m_cpu;
    LineReader m_reader;
    Extents::Walk m_walk;
    Extents::Extent m_extent;
    std::uint32_t m_rank = 0; // that the next event has at least
    TieRank m_ties;
    std::uint64_t m_bytesRead = 0;
    std::string m_name;
    EventLine m_line; // the last event's, whose texts are the reader's
    std::string m_last; // the line of perf before
};

bool TextStream::nextLine(TextLine &text)
{
    if (m_reader.offset() >= m_extent.end) {
        if (!m_walk.next(m_extent))
            return false;
        m_reader.seek(m_extent.begin);
        m_rank = m_extent.rank;
    }
    if (!m_reader.next(text) || text.end > m_extent.end)
        throw ReadError("the file changed while it was read");
    m_bytesRead += text.end - text.begin;
    return true;
}

bool TextStream::next(FileStep &step)
{
    TextLine text;
    if (!nextLine(text)) {
        if (!m_cpu.fault.empty())
            throw ReadError(m_cpu.fault);
        return false;
    }
    const EventLine line = readEventLine(text.text);
    step = {};
    if (line.kind == EventLine::Kind::Event) {
        m_line = line;
        takeEvent(line, step);
        step.isRepeated = line.tool == TextTool::Perf && repeats(text.text);
    } else if (line.kind == EventLine::Kind::Lost) {
        step.kind = FileStep::Kind::Lost;
        step.lost = line.lost;
    } else {
        throw ReadError("the file changed while it was read");
    }
    return true;
}

void TextStream::takeEvent(const EventLine &line, FileStep &step)
{
    step.timeNs = TieRank::timeOf(line, m_ties.ofOne(line, std::exchange(m_rank, 0)));
    step.told.tid = line.tid;
    step.told.pid = line.pid;
    step.told.procname = line.comm;
    const EventClass *what = m_index.classOf(line, m_name);
    if (what)
        step.what = *what;
    if (!what || readFields(*what, line.fields, m_index.facts(), step.told) == FieldsRead::None)
        step.what = {}; // it says no more than that it happened
    step.kinds = wire::richnessOf(step.what.kind, step.what.irq) | (line.tid != kNoThread ? wire::HasTid : 0u)
        | (line.pid != kNoThread ? wire::HasPid : 0u) | (line.comm.data() ? wire::HasProcname : 0u);
}

// As the tool printed them.
void TextStream::tellFields(RawEvent &event) const
{
    event.name.assign(m_line.call).append(m_line.name);
    event.fields.begin(RawPart::Payload);
    event.fields.add("text", m_line.fields, true);
}

// perf writes an event once for each time that it was asked for; others never write a line twice for one event.
bool TextStream::repeats(std::string_view text)
{
    if (text == m_last)
        return true;
    m_last = text;
    return false;
}

const char *nameOf(TextTool tool)
{
    switch (tool) {
    case TextTool::TraceCmd:
        return "trace-cmd report";
    case TextTool::Perf:
        return "perf script";
    default:
        return "ftrace";
    }
}

} // namespace

TextTrace::TextTrace(const std::string &path, const Alive &alive) : m_file(path), m_index(m_file, alive)
{
    for (const auto &[number, cpu] : m_index.cpus())
        m_cpus.push_back({number, cpu.extents.bytes()});
}

bool TextTrace::recognizes(std::string_view head)
{
    if (head.find('\0') != std::string_view::npos)
        return false;
    while (!head.empty()) {
        const std::size_t end = head.find('\n');
        std::string_view text = head.substr(0, end);
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        using Kind = EventLine::Kind;
        const EventLine line = readEventLine(text);
        if (line.kind == Kind::Event || line.kind == Kind::Head || line.kind == Kind::Count
            || (line.kind == Kind::Beside && line.tool != TextTool::Unknown))
            return true;
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    }
    return false;
}

wire::Description TextTrace::describe() const
{
    wire::Description description;
    const TextTool tool = m_index.tool();
    description.format = std::string("text of ") + nameOf(tool);
    description.tracer = tool == TextTool::TraceCmd ? "trace-cmd" : tool == TextTool::Perf ? "perf" : "ftrace";
    description.domain = "kernel";
    description.clockFrequency = 1'000'000'000;
    description.pcpusAreInferred = m_index.cpusAreInferred();
    description.hasTid = m_index.hasTid();
    description.hasPid = m_index.hasPid();
    description.hasProcname = m_index.hasComm();
    for (const auto &[name, what] : m_index.events()) {
        description.events.push_back(name);
        description.hasSwitches = description.hasSwitches || what.kind == EventKind::SchedSwitch;
    }
    std::sort(description.events.begin(), description.events.end());
    return description;
}

std::unique_ptr<FileStream> TextTrace::read(std::size_t cpu)
{
    return std::make_unique<TextStream>(m_file, m_index, m_index.cpus().at(m_cpus.at(cpu).number));
}

std::string TextTrace::notes() const
{
    const auto &lines = m_index.notUnderstood();
    if (lines.lines == 0)
        return {};
    return std::to_string(lines.lines) + " of " + std::to_string(m_index.lines())
        + " lines were not understood; the first is line " + std::to_string(lines.first) + ": " + lines.text;
}

} // namespace exitscope::reader
