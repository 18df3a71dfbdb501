// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "app/window/storage/recording_file.h"
#include "model/clock/clock_map.h"

namespace exitscope {

// The maps of guests' clocks that the user accepted for one recording, in its RecordingFile.
class GuestMapStore {
public:
    static QString defaultDirectory();
    explicit GuestMapStore(const QString &directory = defaultDirectory());

    // Reads those of the recording. False with a line of what is wrong if its file cannot be read.
    bool open(const Recording &recording, QString &error);
    // By guest: index into Recording::guests.
    std::map<std::size_t, ClockMap> maps(const Recording &recording) const;

    // Each writes the file, with what other windows did to it; false with a line of what is wrong if that fails, and
    // all is as before.
    bool set(const Recording &recording, std::size_t guest, const ClockMap &map, QString &error);
    bool remove(const Recording &recording, std::size_t guest, QString &error);

private:
    using Maps = std::map<QString, ClockMap>; // by the key of the guest's first trace
    static std::optional<Maps> mapsFrom(const QJsonArray &list);
    bool change(const std::function<void(Maps &)> &change, QString &error);

    RecordingFile m_file;
    Maps m_maps;
};

} // namespace exitscope
