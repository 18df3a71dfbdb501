// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/command_table.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace exitscope {

namespace {

using enum CommandId;
using enum MenuId;

constexpr std::array kCommands{
    CommandInfo{.id = Open,
        .menu = File,
        .text = "&Open directory…",
        .keys = "Ctrl+O",
        .meaning = "Open the traces below a directory",
        .inToolBar = true,
        .needsRecording = false},
    CommandInfo{.id = OpenFiles,
        .menu = File,
        .text = "Open &files…",
        .keys = "Ctrl+Alt+O",
        .meaning = "Open trace.dat and perf.data files, or texts of ftrace, together",
        .needsRecording = false},
    CommandInfo{.id = OpenAgain,
        .menu = File,
        .text = "Open a&gain",
        .keys = "F5",
        .meaning = "Read the same paths anew, as Retry does",
        .needsRecording = false},
    CommandInfo{.id = ExportImage,
        .menu = File,
        .text = "&Export image…",
        .keys = "Ctrl+E",
        .meaning = "Write a chart, at first the one used last, as PNG, SVG or PDF",
        .inToolBar = true,
        .beginsGroup = true},
    CommandInfo{.id = CopyImage,
        .menu = File,
        .text = "Copy &image",
        .keys = "Ctrl+Shift+C",
        .meaning = "Copy the chart used last to the clipboard"},
    CommandInfo{.id = SaveTable,
        .menu = File,
        .text = "&Save table as CSV…",
        .keys = "Ctrl+S",
        .meaning = "Write the table of statistics as CSV, or that of causes, takers, halts, the matrix, guests, phases "
                   "or events, or the folded stacks of the flame graph, where that was used last"},
    CommandInfo{.id = CopyTable,
        .menu = File,
        .text = "Copy &table as CSV",
        .keys = "Ctrl+Shift+T",
        .meaning = "Copy the same table to the clipboard, as CSV"},
    CommandInfo{.id = Quit,
        .menu = File,
        .text = "&Quit",
        .keys = "Ctrl+Q",
        .meaning = "Close the window",
        .needsRecording = false,
        .beginsGroup = true},

    CommandInfo{.id = Undo,
        .menu = Edit,
        .text = "&Undo",
        .keys = "Ctrl+Z Alt+Left",
        .meaning = "Take back the last change of what is shown or selected",
        .inToolBar = true},
    CommandInfo{.id = Redo,
        .menu = Edit,
        .text = "&Redo",
        .keys = "Ctrl+Shift+Z Alt+Right",
        .meaning = "Do again what was taken back",
        .inToolBar = true},
    CommandInfo{.id = SelectVisible,
        .menu = Edit,
        .text = "Select &visible range",
        .keys = "V",
        .meaning = "Select the time range that is visible",
        .beginsGroup = true},
    CommandInfo{.id = ClearSelection,
        .menu = Edit,
        .text = "&Clear selection",
        .keys = "Esc",
        .meaning = "Drop the selected time range; while a recording loads: cancel",
        .needsRecording = false},
    CommandInfo{.id = ClearFilters,
        .menu = Edit,
        .text = "Clear &all filters",
        .keys = "Shift+Esc",
        .meaning = "Drop the selected range and every filter"},

    CommandInfo{.id = ZoomIn,
        .menu = View,
        .text = "Zoom &in",
        .keys = "W +",
        .meaning = "Show half as much time, around the current exit or the middle"},
    CommandInfo{.id = ZoomOut,
        .menu = View,
        .text = "Zoom &out",
        .keys = "S -",
        .meaning = "Show twice as much time, around the current exit or the middle"},
    CommandInfo{.id = Earlier,
        .menu = View,
        .text = "&Earlier",
        .keys = "A",
        .chartKeys = "Left",
        .meaning = "Move a quarter of a window towards the begin"},
    CommandInfo{.id = Later,
        .menu = View,
        .text = "&Later",
        .keys = "D",
        .chartKeys = "Right",
        .meaning = "Move a quarter of a window towards the end"},
    CommandInfo{.id = Fit,
        .menu = View,
        .text = "&Fit selection",
        .keys = "F",
        .meaning = "Show the selected range; again, or without one: all",
        .inToolBar = true,
        .beginsGroup = true},
    CommandInfo{.id = ShowAll,
        .menu = View,
        .text = "Show &all",
        .keys = "0",
        .chartKeys = "Home",
        .meaning = "Show the whole recording",
        .inToolBar = true},
    CommandInfo{.id = CommandId::HeatMap,
        .menu = View,
        .text = "Durations over ti&me",
        .keys = "H",
        .meaning = "Show durations as a heat map over time, or as a histogram again"},
    CommandInfo{.id = PcpuRows,
        .menu = View,
        .text = "Who ran on each &pCPU",
        .keys = "P",
        .meaning = "Show or hide a row for each pCPU below the vCPUs, with the threads that ran there"},
    CommandInfo{.id = ThreadRows,
        .menu = View,
        .text = "&Threads of the guests",
        .keys = "T",
        .meaning = "Show or hide rows for the processes and threads of each guest, below its vCPUs"},
    CommandInfo{.id = MeasureCount,
        .menu = Measure,
        .text = "By &count",
        .keys = "1",
        .meaning = "Weigh exit reasons by how often they came"},
    CommandInfo{.id = MeasureGross,
        .menu = Measure,
        .text = "By &gross time",
        .keys = "2",
        .meaning = "Weigh by the time until the guest ran again"},
    CommandInfo{.id = MeasureNet,
        .menu = Measure,
        .text = "By &net time",
        .keys = "3",
        .meaning = "Weigh by the time that handling the exits took, without idle and preempted"},
    CommandInfo{.id = ThemeDesktop,
        .menu = MenuId::Theme,
        .text = "&As the desktop",
        .meaning = "Light or dark, as the desktop is",
        .needsRecording = false},
    CommandInfo{.id = ThemeLight,
        .menu = MenuId::Theme,
        .text = "&Light",
        .meaning = "Dark text on light ground",
        .needsRecording = false},
    CommandInfo{.id = ThemeDark,
        .menu = MenuId::Theme,
        .text = "&Dark",
        .meaning = "Light text on dark ground",
        .needsRecording = false},
    CommandInfo{.id = ResetLayout,
        .menu = View,
        .text = "&Reset layout",
        .meaning = "Put all parts of the window back where they were at first",
        .beginsGroup = true},

    CommandInfo{.id = PreviousExit,
        .menu = Go,
        .text = "&Previous exit",
        .keys = "[",
        .meaning = "Go to the exit before, among those that the filters leave"},
    CommandInfo{.id = NextExit,
        .menu = Go,
        .text = "&Next exit",
        .keys = "]",
        .meaning = "Go to the next exit, among those that the filters leave"},
    CommandInfo{.id = ZoomToExit,
        .menu = Go,
        .text = "&Zoom to exit",
        .keys = "E",
        .meaning = "Show the current exit with the run before it"},
    CommandInfo{.id = AddBookmark,
        .menu = Go,
        .text = "Add &bookmark…",
        .keys = "B Ctrl+D",
        .meaning = "Give the selected range, or else the visible one, a name",
        .beginsGroup = true},
    CommandInfo{.id = GuestClocks,
        .menu = Go,
        .text = "&Guest clocks…",
        .keys = "G",
        .meaning = "How the guests' clocks were put on the host's, and how sure that is"},
    CommandInfo{.id = GuestSymbols,
        .menu = Go,
        .text = "Guest s&ymbols…",
        .keys = "Y",
        .meaning = "Which file names the functions of each guest's kernel"},
    CommandInfo{.id = ShowEvents,
        .menu = Go,
        .text = "&Events",
        .keys = "L",
        .meaning = "List the events of the selected range, or around the current exit, with all their fields"},
    CommandInfo{.id = ShowGuest,
        .menu = Go,
        .text = "G&uest accounts",
        .keys = "U",
        .meaning = "Show what the guest's threads and system calls got of their vCPUs, and what they lost"},
    CommandInfo{.id = ShowFlame,
        .menu = Go,
        .text = "&Flame graph",
        .keys = "I",
        .meaning = "Show the exits as a flame graph, by default of the guest's processes and threads"},
    CommandInfo{.id = ShowPhases,
        .menu = Go,
        .text = "P&hases",
        .keys = "M",
        .meaning = "List the phases that marks in the traces begin and end, with what each had and lost"},
    CommandInfo{.id = SortTable,
        .menu = Go,
        .text = "&Sort table",
        .keys = "Ctrl+Shift+O",
        .meaning = "Sort the same table by the column of its current cell; again: the other way round"},

    CommandInfo{.id = Manual,
        .menu = Help,
        .text = "&Manual",
        .keys = "F1",
        .meaning = "Show the manual, at what it says of the part that the pointer is on",
        .needsRecording = false},
    CommandInfo{
        .id = Keys, .menu = Help, .text = "&Keys", .keys = "?", .meaning = "List all keys", .needsRecording = false},
    CommandInfo{.id = About,
        .menu = Help,
        .text = "&About ExitScope",
        .meaning = "Version and licence",
        .needsRecording = false},
};

constexpr bool isOrderedById()
{
    for (std::size_t i = 0; i < kCommands.size(); ++i)
        if (static_cast<std::size_t>(kCommands[i].id) != i)
            return false;
    return true;
}
static_assert(isOrderedById(), "info(CommandId) looks up by position");

constexpr std::array kGestures{
    GestureInfo{"Drag in the timeline", "Select a time range"},
    GestureInfo{"Ctrl+wheel", "Zoom around the pointer"},
    GestureInfo{"Wheel, Up, Down", "Scroll the rows of the timeline"},
    GestureInfo{"Shift+wheel, middle-drag", "Move in time"},
    GestureInfo{"Double-click an exit", "Zoom to it"},
    GestureInfo{"Click a row's name", "Filter by that vCPU"},
    GestureInfo{"Click a slice or a table row", "Filter by it; Ctrl adds to the filter"},
    GestureInfo{"Double-click a row of causes", "Go to its dearest exit"},
    GestureInfo{"Double-click a frame of the flame graph, wheel", "Zoom to it; back: a level up"},
    GestureInfo{"Click a thread of takers", "Show the longest stretch in which it had the pCPU; again: the next"},
    GestureInfo{"Click a phase", "Select its time range; double-click, Shift+Enter: show it, too"},
    GestureInfo{"Double-click an event", "Show its time in the timeline"},
    GestureInfo{"Drag in the durations", "Filter by a band of durations"},
    GestureInfo{"Drag in the heat map", "Select a time range and a band of durations at once"},
    GestureInfo{"Drag in the overview", "Move what the timeline shows"},
    GestureInfo{"Drop a kallsyms or System.map", "Name the functions of the guest's kernel"},
};

QList<QKeySequence> parseKeys(std::string_view keys)
{
    QList<QKeySequence> all;
    for (const QString &key : QString::fromUtf8(keys).split(QLatin1Char(' '), Qt::SkipEmptyParts))
        all.append(QKeySequence::fromString(key, QKeySequence::PortableText));
    return all;
}

QString keyList(const QList<QKeySequence> &keys)
{
    QStringList texts;
    for (const QKeySequence &key : keys)
        texts.append(key.toString(QKeySequence::PortableText));
    return texts.join(QStringLiteral(", "));
}

} // namespace

std::span<const CommandInfo> commandTable()
{
    return kCommands;
}

const CommandInfo &info(CommandId id)
{
    return kCommands[static_cast<std::size_t>(id)];
}

std::span<const GestureInfo> gestureTable()
{
    return kGestures;
}

QString menuTitle(MenuId menu)
{
    switch (menu) {
    case File:
        return QStringLiteral("&File");
    case Edit:
        return QStringLiteral("&Edit");
    case View:
        return QStringLiteral("&View");
    case Measure:
        return QStringLiteral("&Measure");
    case MenuId::Theme:
        return QStringLiteral("&Theme");
    case Go:
        return QStringLiteral("&Go");
    case Help:
        break;
    }
    return QStringLiteral("&Help");
}

QString commandText(const CommandInfo &command)
{
    QString text = QString::fromUtf8(command.text);
    text.remove(QLatin1Char('&'));
    text.remove(QChar(0x2026));
    return text;
}

QList<QKeySequence> keysOf(const CommandInfo &command)
{
    return parseKeys(command.keys);
}

QList<QKeySequence> chartKeysOf(const CommandInfo &command)
{
    return parseKeys(command.chartKeys);
}

QString keysText(const CommandInfo &command)
{
    const QString keys = keyList(keysOf(command));
    const QString inCharts = keyList(chartKeysOf(command));
    if (inCharts.isEmpty())
        return keys;
    return QString(keys % QStringLiteral("; in a chart ") % inCharts);
}

} // namespace exitscope
