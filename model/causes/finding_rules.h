// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "model/causes/takers.h"
#include "model/record/target.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/exit_columns.h"

// What is looked for in a recording: the rows of resources/findings.csv (manual "Findings").
namespace exitscope {

// How the cost of a finding is measured; a new one gets its name here and its part of finding_pass.cpp.
enum class FindingMeasure : std::uint8_t {
    Exits, // net time of the exits that match, and that no rule before it took
    Pair, // of those that match and that an exit of the second match follows on the vCPU
    ShortSleeps, // what falling asleep and waking cost, of halts that lasted less than kShortSleep
    Blocked, // time Blocked inside of exits
    Taken, // preempted time in which threads of some kinds ran where the vCPU waited (manual "Who took the CPU")
    Wanders, // exits that begin on another pCPU than the one before: what that costs is not known
    Unknown, // time Unknown: what it hides is not known
};

// What a finding is sure of beside its numbers, which are those of the recording.
enum class FindingSureness : std::uint8_t {
    Cause, // the exits say what the guest did
    Exits, // the exits are counted; what causes them is named by what is usual
    Halts,
    Moves,
    Switches, // sched_switch says who ran there
    Losses,
};

// Which exits; what is not asked for lets all through.
struct ExitMatch {
    struct Targets {
        TargetKind kind = TargetKind::None;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };
    std::set<ReasonKey> reasons;
    QString className; // of the reason
    std::optional<Scenario> scenario;
    std::optional<PageTouch> touch;
    std::vector<Targets> targets;
    bool ofUnknownHandler = false; // only where the recording does not tell what goes to user space

    bool looksAtTarget() const { return !targets.empty() || touch; }
    bool fitsReason(const ExitReason &reason) const;
    // Of an exit whose reason fits.
    bool fits(const ExitColumns &exits, std::size_t exit) const;
};

struct FindingRule {
    QString id; // stable: "serial-port"
    FindingMeasure measure = FindingMeasure::Exits;
    ExitMatch match;
    ExitMatch follower; // of a Pair
    std::set<TakerKind> takers; // of a Taken
    double leastPercent = 0; // of a vCPU's time that is known; below it nothing is told
    double leastPerSecond = 0; // times in a second of it
    FindingSureness sureness = FindingSureness::Cause;
    QString title; // "The guest writes to an emulated serial port"
    QString advice; // what to try
};

// "reason=io|IO_INSTRUCTION target=port:0x3f8-0x3ff scenario=qemu"; nothing, and `error` one line, where it cannot be
// read.
std::optional<ExitMatch> parseExitMatch(const QString &text, QString &error);

// In the order in which they take exits.
std::span<const FindingRule> findingRules();

QString surenessName(FindingSureness sureness); // as in the table: "cause"
QString surenessText(FindingSureness sureness); // "the exits themselves say what the guest did"

} // namespace exitscope
