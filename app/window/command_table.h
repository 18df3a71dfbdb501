// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>

#include <cstdint>
#include <span>
#include <string_view>

namespace exitscope {

enum class CommandId : std::uint8_t {
    Open,
    OpenFiles,
    OpenAgain,
    ExportImage,
    CopyImage,
    SaveTable,
    CopyTable,
    Quit,
    Undo,
    Redo,
    SelectVisible,
    ClearSelection,
    ClearFilters,
    ZoomIn,
    ZoomOut,
    Earlier,
    Later,
    Fit,
    ShowAll,
    HeatMap,
    PcpuRows,
    ThreadRows,
    MeasureCount,
    MeasureGross,
    MeasureNet,
    ThemeDesktop,
    ThemeLight,
    ThemeDark,
    ResetLayout,
    PreviousExit,
    NextExit,
    ZoomToExit,
    AddBookmark,
    GuestClocks,
    GuestSymbols,
    ShowEvents,
    ShowGuest,
    ShowFlame,
    ShowPhases,
    SortTable,
    Manual,
    Keys,
    About,
};

enum class MenuId : std::uint8_t { File, Edit, View, Measure, Theme, Go, Help };

// Where the keys of a command work: everywhere in the window, or only while a chart has the focus. (Arrow keys move in
// tables too.)
struct CommandInfo {
    CommandId id;
    MenuId menu;
    std::string_view text; // of the menu, with its mnemonic
    std::string_view keys = {}; // portable, several with spaces; the first is shown in the menu
    std::string_view chartKeys = {}; // further ones, which work in charts only
    std::string_view meaning; // tooltips and the list of keys
    bool inToolBar = false;
    bool needsRecording = true;
    bool beginsGroup = false; // a separator before it
};

// Every command of the window, in the order of the menus. Menus, tool bar, list of keys and manual are made from it.
std::span<const CommandInfo> commandTable();
const CommandInfo &info(CommandId id);

// What the keys of charts do that belong to no menu: the mouse. {gesture, meaning}, for the list of keys.
struct GestureInfo {
    std::string_view gesture;
    std::string_view meaning;
};
std::span<const GestureInfo> gestureTable();

QString menuTitle(MenuId menu);
QString commandText(const CommandInfo &command); // without mnemonic and dots
QList<QKeySequence> keysOf(const CommandInfo &command);
QList<QKeySequence> chartKeysOf(const CommandInfo &command);
// "W, + (in a chart: Up)"
QString keysText(const CommandInfo &command);

} // namespace exitscope
