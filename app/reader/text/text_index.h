// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/reader/file/trace_file.h"
#include "app/reader/text/event_fields_text.h"
#include "app/reader/text/event_line.h"
#include "app/reader/text/extents.h"
#include "app/reader/text/inferred_cpus.h"
#include "app/reader/text/text_file.h"
#include "app/reader/text/tie_rank.h"
#include "app/reader/text/time_steps.h"

namespace exitscope::reader {

// What a text holds: where the lines of each CPU are, and what all of them say together. Made in one pass over it.
class TextIndex {
public:
    explicit TextIndex(
        const TextFile &file, const Alive &alive = {}); // throws ReadError: it has no event that can be read

    struct Cpu {
        Extents extents;
        std::string fault; // why what follows these lines cannot be read; empty if nothing does
        Ns lastNs = kNoTime;
        bool isBeforeHead = false; // it has lines before the last head of a tool
    };
    const std::map<std::int32_t, Cpu> &cpus() const { return m_cpus; }
    bool cpusAreInferred() const { return !m_inferred.isEmpty(); } // some; else the lines tell all
    // By name, with that of its call; those that occur.
    const std::unordered_map<std::string, EventClass> &events() const { return m_events; }
    const EventClass *classOf(const EventLine &line, std::string &buffer) const; // null: no event of the index
    const TextFacts &facts() const { return m_facts; }
    TextTool tool() const;
    bool hasTid() const { return m_hasTid; }
    bool hasPid() const { return m_hasPid; }
    bool hasComm() const { return m_hasComm; }

    struct NotUnderstood {
        std::uint64_t lines = 0;
        std::uint64_t first = 0; // its number, from 1
        std::string text; // its begin, fit to be shown
    };
    const NotUnderstood &notUnderstood() const { return m_notUnderstood; }
    std::uint64_t lines() const { return m_line; }

private:
    bool take(const TextLine &text); // false: nothing behind it belongs to it
    bool isOfOther(const EventLine &line);
    bool takeEvent(const EventLine &line, const TextLine &text); // false: it is of another machine
    const EventClass *noteName(const EventLine &line);
    bool noteIsa(std::uint8_t isa);
    void endAtHead(std::int32_t cpu);
    void fault(std::int32_t cpu, std::uint64_t line, const std::string &cause);
    std::uint32_t rankAmongOthers(const EventLine &line);
    void numberCpus();
    void noteHead(TextTool tool);
    void noteNotUnderstood(std::string_view text, const char *why = "");

    std::map<std::int32_t, Cpu> m_cpus;
    std::unordered_map<std::string, EventClass> m_events;
    TextFacts m_facts;
    TextTool m_head = TextTool::Unknown;
    TextTool m_byLines = TextTool::Unknown;
    std::uint64_t m_heads = 0; // of trace-cmd, before the first event
    std::uint64_t m_headLine = 0; // of the last one
    bool m_hasIsaSinceHead = false;
    TextFacts m_factsBeforeHead;
    std::vector<std::string> m_namesSinceHead;
    bool m_hasTid = false;
    bool m_hasPid = false;
    bool m_hasComm = false;
    InferredCpus m_inferred;
    TieRank m_ties;
    TimeSteps m_steps;
    std::int32_t m_lastCpu = kNoPcpu; // of an event
    NotUnderstood m_notUnderstood;
    std::uint64_t m_line = 0;
    std::uint64_t m_counts = 0; // events whose time is a count
    std::string m_name;
};

} // namespace exitscope::reader
