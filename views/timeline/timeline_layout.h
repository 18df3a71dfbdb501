// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <set>
#include <variant>

#include "model/session/thread_list.h"
#include "model/statistics/exit_index.h"
#include "views/chart/chart.h"
#include "views/chart/time_scale.h"
#include "views/timeline/timeline_lanes.h"

namespace exitscope {

// A process of a guest, as it is folded: Recording::guests and its label; an empty one is the guest itself.
using ThreadFold = std::pair<std::size_t, QString>;
// A thread of a guest: positions in Recording::guests and in GuestTrace::threads.
using GuestThreadKey = std::pair<std::size_t, std::uint32_t>;

// How the timeline is looked at; no part of what is selected.
struct TimelineOptions {
    std::set<VmKey> collapsed = {};
    bool pcpus = false; // a strip with the pCPU that each vCPU sits on
    bool occupancy = false; // a row for each pCPU, with who ran there
    bool guests = true; // strips with the guest's threads and contexts on each vCPU whose guest is aligned
    bool threads = false; // rows with the processes and threads of each VM's guest, below its vCPUs
    std::shared_ptr<const ThreadList> threadList = {}; // of these rows; null: not known (yet)
    ThreadOrder threadOrder = ThreadOrder::Lost; // that the list has, or is to have
    QString threadsNamed = {}; // only those with that in their name or that of their process
    std::set<ThreadFold> toggled = {}; // not as at first, when guests are open and processes folded
    std::set<GuestThreadKey> pinned = {}; // they stay on top
    // On a screen: rows keep a readable height, and room is dear. Else all of them are made to fit.
    bool scrolls = false;
    double scroll = 0; // px
    bool operator==(const TimelineOptions &) const = default;
};

// All processes of the list, unfolded to their threads.
TimelineOptions withAllThreads(TimelineOptions options, std::shared_ptr<const ThreadList> list);

// Positions in Recording::hosts and in the pCPUs of that host.
struct HostPcpu {
    std::size_t host = 0;
    std::size_t pcpu = 0;
};

// Who ran on a pCPU, in the order in which they are stacked, from below.
struct Occupant {
    enum class Kind : std::uint8_t { Vcpu, VmThread, Host, Nobody, Unknown };
    Kind kind = Kind::Unknown;
    std::size_t vm = 0; // position among those of the host; of the first two
    auto operator<=>(const Occupant &) const = default;
};

// The header of a guest's threads, a process of it, or a thread.
struct ThreadRow {
    std::optional<std::size_t> list; // in ThreadList::guests; none: a header that says why there are none
    std::optional<std::size_t> process; // in its processes; none: the header
    std::optional<std::size_t> thread; // in its threads
    int depth = 0; // in the tree
    bool isPinned = false;
};

// Positions in a list: from the first up to the last, which is none of them.
struct PartOf {
    std::size_t first = 0, last = 0;
};

// The header of a VM or one vCPU; or that of the pCPUs of a host, or one of these; or of a guest's threads.
struct TimelineRow {
    VmKey vm;
    std::optional<VcpuKey> vcpu; // none: a VM's header
    QString label;
    bool collapsed = false; // a VM's header that stands for its vCPUs, or a guest or process that is folded
    bool chosen = true; // by the filter of vCPUs, pCPUs, or processes and threads
    std::vector<VcpuAt> shows; // whose states and exits are drawn: none in an open VM's header
    QRectF rect; // the whole row
    QRectF triangle; // to collapse a VM or process, or to pin a thread
    QRectF labelArea;
    std::optional<HostPcpu> pcpu; // none: no row of a pCPU
    bool isOfPcpus = false; // their header, or one of them
    std::optional<ThreadRow> threads; // none: no row of a guest's threads
    QRectF strip; // of a pCPU or a thread: where who ran there, or what it did, is drawn
    PartOf threadParts, threadNames; // of a thread: what of TimelineLayout::threads and threadLabels is its own
    std::vector<Lane> lanes; // from top to bottom; none in an open VM's header

    QRectF lane(LaneKind kind) const; // empty if it has none of that kind
    bool isVm() const { return !vcpu && !isOfPcpus && !threads; }
    bool isHeader() const { return !vcpu && !pcpu && !(threads && threads->process); }
    bool isFoldable() const { return isVm() || (threads && threads->list && !threads->thread); }
    bool isThread() const { return threads && threads->thread; }
};

struct StateRect {
    QRectF rect;
    VcpuState state{};
};
struct PcpuRect {
    QRectF rect;
    std::int32_t pcpu = kNoPcpu;
};
// A thread of the guest while its vCPU is in guest mode.
struct GuestRect {
    QRectF rect;
    std::int32_t tid = kNoThread; // 0: the guest's idle thread; kNoThread: not known, as outside the guest's trace
};
// What the guest does while its vCPU is in guest mode.
struct ContextRect {
    QRectF rect;
    GuestMode mode = GuestMode::Unknown;
};
struct ThreadRect {
    QRectF rect;
    ThreadState state{};
};
struct OccupantRect {
    QRectF rect;
    Occupant of;
};
struct MarkRect {
    QRectF rect;
    std::uint16_t reason = 0; // what most of its exits have
    bool passes = true; // the filters
};
struct PlacedText {
    QRectF rect;
    QString text;
    std::variant<VcpuState, std::uint16_t, std::int32_t> of; // a state, a reason, or a guest's thread
};
struct PlacedNote {
    QRectF rect;
    QString text;
};
struct LegendEntry {
    QRectF swatch;
    PlacedText text;
};

struct OccupantLabel {
    PlacedNote note;
    Occupant of;
};
struct ThreadLabel {
    PlacedNote note;
    ThreadState state{};
};
struct OccupantSwatch {
    QRectF rect;
    PlacedNote note;
    Occupant of;
};

// Where everything is; painted as it stands on a screen, into a picture, by a test.
struct TimelineLayout {
    std::shared_ptr<const Recording> recording;
    QRectF plot; // rows and their labels' right neighbours
    TimeScale scale;
    Ns begin = 0; // of the recording
    TimeTicks ticks;
    QRectF axisTitle; // of the short one, beside the labels; empty: the long one stands below them
    double contentHeight = 0; // of all rows, shown or not
    std::vector<TimelineRow> rows; // those that are shown, at least in part
    std::vector<StateRect> states;
    std::vector<PcpuRect> pcpus;
    std::vector<MarkRect> marks;
    std::shared_ptr<const ShownGuests> shownGuests; // may be null
    std::vector<GuestRect> guests;
    std::vector<QRectF> misfits; // guest events fall out of guest mode there
    std::vector<PlacedText> guestLabels;
    std::vector<ContextRect> contexts;
    std::vector<PlacedNote> contextLabels;
    std::vector<PlacedText> exitLabels;
    std::vector<PlacedText> stateLabels;
    std::vector<PlacedText> pcpuLabels;
    std::vector<OccupantRect> occupancy;
    std::vector<OccupantLabel> occupancyLabels;
    std::vector<OccupantSwatch> occupancyLegend; // in the header of the pCPUs
    std::shared_ptr<const ThreadList> threadList; // null without rows of threads
    std::vector<ThreadRect> threads;
    std::vector<ThreadLabel> threadLabels;
    std::vector<PlacedNote> threadNotes; // beside the names of guests and processes
    std::vector<ThreadRect> threadSwatches; // of these
    std::vector<LegendEntry> legend;
    std::vector<QRectF> current; // outlines of the current exit
    QRectF selected; // empty without a range
    PlacedNote missing; // how many vCPUs or pCPUs do not fit into a picture; empty: all do
    QString message; // instead of rows

    const TimelineRow *rowAt(const QPointF &pos) const; // anywhere in a row
    // What the pointer is on: in a band the exit or run of that time, in a lane a mark within reach. Exits that pass
    // the filters come first.
    std::optional<ExitRef> exitAt(const QPointF &pos, const ExitIndex &passing) const;
};

// Who ran on the row's pCPU then, and from when to when; nothing where it is not known.
struct OccupantAt {
    std::uint32_t thread = kUnknownHostThread; // index into Timeline::threads
    TimeRange range;
};
std::optional<OccupantAt> occupantAt(const TimelineLayout &layout, const TimelineRow &row, Ns t);

// What a row of a guest's threads is of; null of others.
const ListedGuest *guestOf(const TimelineLayout &layout, const TimelineRow &row);
const ListedThread *threadOf(const TimelineLayout &layout, const TimelineRow &row);
// What the thread of the row was then; nothing of others, and outside of its host's recording.
std::optional<ThreadInterval> threadAt(const TimelineLayout &layout, const TimelineRow &row, Ns t);

// The selected range and the current exit alone; all else does not depend on them.
void placeChosen(TimelineLayout &layout, const ViewValues &values);
// Missing rows are told where not all of them fit. `last`: an older one in the same font, of which rows of threads are
// taken that are the same but for their height in the window, as when they scroll; may be null.
TimelineLayout layoutTimeline(const ChartInput &input, QSize size, const TimelineOptions &options, const ExitIndex &all,
    const ExitIndex &passing, const TimelineLayout *last = nullptr);
// What a picture of that width needs to show every row at a readable height, px.
int readableHeight(const ChartInput &input, int width, const TimelineOptions &options, const ExitIndex &all);

} // namespace exitscope
