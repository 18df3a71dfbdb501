// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <exception>
#include <string_view>

#include "model/diagnostic.h"

namespace exitscope {

// Every code that a Diagnostic can have. A new one gets its row in kCodes, and in the manual's list (a test compares).
enum class Code : std::uint8_t {
    NotFound,
    NotADirectory,
    NoTrace,
    NotSearched,
    ForeignFormat,
    TraceUnreadable,
    NoStreams,
    EmptyTrace,
    StreamUnreadable,
    StreamCut,
    PacketRepaired,
    FilePassedOver,
    LinesPassedOver,
    ReadByLibrary,
    ReaderMissing,
    ReaderDied,
    ReaderHung,
    ReaderBabbled,
    OutOfMemory,
    InternalError,
    LostEvents,
    LostPackets,
    LossesUnknown,
    PcpusInferred,
    RepeatedEvents,
    TimeStepsBack,
    TimesOutOfReach,
    NoKvmEvents,
    EntriesMissing,
    IsaUnknown,
    SwitchesMissing,
    SwitchesInMissing,
    WakeupsMissing,
    WaitsElsewhere,
    UserspaceExitsMissing,
    InterruptsMissing,
    ThreadsUnknown,
    ProcessesUnknown,
    VcpuIdsDistrusted,
    TraceNotUsed,
    ClockOffsetsDiffer,
    RecordingsApart,
    SeveralHosts,
    GuestFitsNoVm,
    GuestAmbiguous,
    GuestTooRegular,
    GuestSearchEnded,
    GuestClockChanges,
    GuestRegions,
    GuestMisfits,
    GuestWithoutThreads,
    GuestMapUnused,
    GuestShiftWrong,
    SymbolsUsed,
    SymbolsOfAnotherKernel,
    SymbolsUnreadable,
    TargetsDiffer,
    EntryInEntry,
    ExitWithoutEntry,
    WrongPcpu,
    SwitchFromOther,
    SwitchToElsewhere,
    UserspaceInEntry,
    EventsUnreadable,
};

struct CodeInfo {
    Code code;
    std::string_view text; // stable
    Severity severity;
    bool dataLost; // `--strict` fails on it
    std::string_view meaning;
};

inline constexpr std::array kCodes{
    CodeInfo{Code::NotFound, "not-found", Severity::Error, false, "a path that was given does not exist"},
    CodeInfo{
        Code::NotADirectory, "not-a-directory", Severity::Error, false, "a path that was given is a file and no trace"},
    CodeInfo{Code::NoTrace, "no-trace", Severity::Error, false, "no trace below a directory that was given"},
    CodeInfo{Code::NotSearched, "not-searched", Severity::Info, false,
        "directories that a search does not go into, and what is neither a file nor a directory"},
    CodeInfo{Code::ForeignFormat, "foreign-format", Severity::Error, false,
        "an archive, or a trace that tells nothing of KVM: recognized, the message tells what to do"},
    CodeInfo{
        Code::TraceUnreadable, "trace-unreadable", Severity::Error, true, "the metadata of a trace cannot be read"},
    CodeInfo{Code::NoStreams, "no-streams", Severity::Error, true, "a trace has metadata but no stream"},
    CodeInfo{Code::EmptyTrace, "empty-trace", Severity::Warning, false, "a trace holds no event"},
    CodeInfo{Code::StreamUnreadable, "stream-unreadable", Severity::Error, true,
        "a stream, or the rest of it, cannot be read"},
    CodeInfo{Code::StreamCut, "stream-cut", Severity::Warning, true,
        "a stream file does not end with a whole packet; those before were read"},
    CodeInfo{Code::PacketRepaired, "packet-repaired", Severity::Info, false,
        "a packet of a stream says what cannot be, and the stream's index knows better"},
    CodeInfo{Code::FilePassedOver, "file-passed-over", Severity::Info, false,
        "a file in the directory of a trace is no stream of it, or repeats another"},
    CodeInfo{Code::LinesPassedOver, "lines-passed-over", Severity::Warning, true,
        "lines of a text that tell no event; the first is shown"},
    CodeInfo{Code::ReadByLibrary, "read-by-library", Severity::Info, false,
        "libbabeltrace2 reads what the native decoder does not understand: the numbers are right, it takes longer"},
    CodeInfo{
        Code::ReaderMissing, "reader-missing", Severity::Error, true, "the program exitscope-reader cannot be started"},
    CodeInfo{Code::ReaderDied, "reader-died", Severity::Error, true, "a reader process ended before its stream did"},
    CodeInfo{Code::ReaderHung, "reader-hung", Severity::Error, true, "a reader process made no progress and was ended"},
    CodeInfo{Code::ReaderBabbled, "reader-babbled", Severity::Error, true,
        "a reader process sent what is no frame and was ended"},
    CodeInfo{Code::OutOfMemory, "out-of-memory", Severity::Error, true, "the memory does not suffice for a recording"},
    CodeInfo{Code::InternalError, "internal-error", Severity::Error, true,
        "a fault of the program itself: what it was doing was given up"},
    CodeInfo{Code::LostEvents, "lost-events", Severity::Warning, true, "the tracer discarded events"},
    CodeInfo{Code::LostPackets, "lost-packets", Severity::Warning, true, "the tracer discarded packets"},
    CodeInfo{Code::LossesUnknown, "losses-unknown", Severity::Info, false,
        "the trace cannot tell whether events were lost: perf's losses are gone in its conversion to CTF"},
    CodeInfo{Code::PcpusInferred, "pcpus-inferred", Severity::Info, false,
        "a text does not say on which CPU its events were: sched_switch says which threads shared one"},
    CodeInfo{Code::RepeatedEvents, "repeated-events", Severity::Info, false,
        "events that were recorded twice; each is taken once"},
    CodeInfo{Code::TimeStepsBack, "time-steps-back", Severity::Warning, false,
        "times within a stream go back; they were clamped"},
    CodeInfo{Code::TimesOutOfReach, "times-out-of-reach", Severity::Warning, true,
        "times of a trace lie more than 146 years from the origin of its clock; they were moved there"},
    CodeInfo{Code::NoKvmEvents, "no-kvm-events", Severity::Warning, false, "no trace holds VM entries or exits"},
    CodeInfo{Code::EntriesMissing, "entries-missing", Severity::Warning, false,
        "VM entries without exits or exits without entries: runs and durations are not known"},
    CodeInfo{Code::IsaUnknown, "isa-unknown", Severity::Info, false,
        "exits of an architecture whose reasons no table names; they are counted and timed"},
    CodeInfo{Code::SwitchesMissing, "switches-missing", Severity::Info, false,
        "no sched_switch: Preempted, Idle and Blocked are not known"},
    CodeInfo{Code::SwitchesInMissing, "switches-in-missing", Severity::Info, false,
        "only switches away from the recorded threads (perf record -p): a vCPU is back at its next own event"},
    CodeInfo{Code::WakeupsMissing, "wakeups-missing", Severity::Info, false,
        "no sched_wakeup: waiting for a pCPU after a wake-up counts as Idle or Blocked"},
    CodeInfo{Code::WaitsElsewhere, "waits-elsewhere", Severity::Info, false,
        "preempted vCPUs got another pCPU than the one where they waited: who took the CPU is not sure then"},
    CodeInfo{Code::UserspaceExitsMissing, "userspace-exits-missing", Severity::Info, false,
        "neither kvm_userspace_exit nor ioctl: Userspace is not known"},
    CodeInfo{Code::InterruptsMissing, "interrupts-missing", Severity::Info, false,
        "no interrupt events: irq_ns is not known, and runs end later on SVM"},
    CodeInfo{Code::ThreadsUnknown, "threads-unknown", Severity::Warning, false,
        "neither tid context nor sched_switch: exits are told per physical CPU"},
    CodeInfo{Code::ProcessesUnknown, "processes-unknown", Severity::Info, false,
        "the process of vCPU threads is not known: they form one VM"},
    CodeInfo{Code::VcpuIdsDistrusted, "vcpu-ids-distrusted", Severity::Info, false,
        "recorded vCPU ids are not usable; vCPUs are numbered otherwise"},
    CodeInfo{Code::TraceNotUsed, "trace-not-used", Severity::Info, false,
        "a second recording of the same exits, less rich than the one used"},
    CodeInfo{Code::ClockOffsetsDiffer, "clock-offsets-differ", Severity::Info, false,
        "recordings of one clock measured different offsets to its origin; all take the earliest one's"},
    CodeInfo{Code::RecordingsApart, "recordings-apart", Severity::Info, false,
        "recordings of one host with time between them, in which all is Unknown"},
    CodeInfo{Code::SeveralHosts, "several-hosts", Severity::Info, false,
        "traces of different hosts; their clocks are not compared"},
    CodeInfo{Code::GuestFitsNoVm, "guest-fits-no-vm", Severity::Warning, false,
        "a guest's trace that belongs to no VM of the hosts; it is not aligned"},
    CodeInfo{Code::GuestAmbiguous, "guest-ambiguous", Severity::Warning, false,
        "a guest's trace that fits in more than one way; its map to the host's clock is not sure"},
    CodeInfo{Code::GuestTooRegular, "guest-too-regular", Severity::Warning, false,
        "a guest whose VM leaves guest mode at nearly the same intervals and never rests: its events fit nearly "
        "everywhere"},
    CodeInfo{Code::GuestSearchEnded, "guest-search-ended", Severity::Warning, false,
        "the search for a guest's clock took too long and was ended: whether it fits a VM is not known"},
    CodeInfo{Code::GuestClockChanges, "guest-clock-changes", Severity::Info, false,
        "the clocks of guest and host did not keep one rate; the map between them has several pieces"},
    CodeInfo{Code::GuestRegions, "guest-regions", Severity::Info, false,
        "several maps of a guest's clock, some microseconds apart, fit as well; the uncertainty that is told spans "
        "them"},
    CodeInfo{Code::GuestMisfits, "guest-misfits", Severity::Info, false,
        "events of a guest where the host shows its vCPU out of guest mode"},
    CodeInfo{Code::GuestWithoutThreads, "guest-without-threads", Severity::Info, false,
        "a guest that is aligned with a host whose events tell no threads: its rows are not drawn"},
    CodeInfo{Code::GuestMapUnused, "guest-map-unused", Severity::Warning, false,
        "a map given for a guest that was not opened, or that leads beside the host's recording"},
    CodeInfo{Code::GuestShiftWrong, "guest-shift-wrong", Severity::Warning, false,
        "the time shift in a guest's trace.dat does not fit its VM, and is not taken"},
    CodeInfo{Code::SymbolsUsed, "symbols-used", Severity::Info, false,
        "how many of the kernel addresses of a VM's exits lie in a function of the symbols given for it"},
    CodeInfo{Code::SymbolsOfAnotherKernel, "symbols-of-another-kernel", Severity::Warning, false,
        "less than 90 % of the kernel addresses of a VM's exits lie in a function of its symbols"},
    CodeInfo{Code::SymbolsUnreadable, "symbols-unreadable", Severity::Warning, false,
        "symbols of a guest's kernel that cannot be used: those in its trace.dat, or a file that was chosen for it"},
    CodeInfo{Code::TargetsDiffer, "targets-differ", Severity::Info, false,
        "exits whose own fields and the events inside tell different targets; the fields hold"},
    CodeInfo{Code::EntryInEntry, "entry-in-entry", Severity::Warning, true,
        "contradiction 1: a VM entry while an entry is open"},
    CodeInfo{Code::ExitWithoutEntry, "exit-without-entry", Severity::Warning, true,
        "contradiction 2: an exit event with no entry since the last one"},
    CodeInfo{Code::WrongPcpu, "wrong-pcpu", Severity::Warning, true,
        "contradiction 3: a KVM event of a thread that is not on that pCPU by sched_switch"},
    CodeInfo{Code::SwitchFromOther, "switch-from-other", Severity::Warning, true,
        "contradiction 4: a sched_switch away from a thread that was not thought to be there"},
    CodeInfo{Code::SwitchToElsewhere, "switch-to-elsewhere", Severity::Warning, true,
        "contradiction 5: a sched_switch to a vCPU that is on another pCPU"},
    CodeInfo{Code::UserspaceInEntry, "userspace-in-entry", Severity::Warning, true,
        "contradiction 6: an exit to user space while an entry is open"},
    CodeInfo{Code::EventsUnreadable, "events-unreadable", Severity::Error, true,
        "the events of a trace cannot be read again: it is gone or changed since it was opened, or is damaged there"},
};

constexpr const CodeInfo &info(Code code)
{
    return kCodes[static_cast<std::size_t>(code)];
}

// A diagnostic of this code, with the severity of its row.
// What stopped a job that threw.
Diagnostic diagnosticOf(const std::exception &error, const QString &path = {});
Diagnostic makeDiagnostic(Code code, const QString &message, const QString &path = {}, std::int64_t count = 1);
// Whether `--strict` fails on it.
bool meansDataLost(const Diagnostic &diagnostic);

} // namespace exitscope
