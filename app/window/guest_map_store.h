// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <map>

#include "model/clock/clock_map.h"
#include "model/trace/recording.h"

namespace exitscope {

// The maps of guests' clocks that the user accepted for one recording, in a file of the user's data directory; never in
// the trace.
class GuestMapStore {
public:
    static QString defaultDirectory();
    explicit GuestMapStore(const QString &directory = defaultDirectory()) : m_directory(directory) { }

    // Reads those of the recording. False with a line of what is wrong if its file cannot be read.
    bool open(const Recording &recording, QString &error);
    // By guest: index into Recording::guests.
    std::map<std::size_t, ClockMap> maps(const Recording &recording) const;

    // Each writes the file; false with a line of what is wrong if that fails.
    bool set(const Recording &recording, std::size_t guest, const ClockMap &map, QString &error);
    bool remove(const Recording &recording, std::size_t guest, QString &error);

private:
    bool parse(const QByteArray &json);
    bool write(QString &error) const;

    QString m_directory;
    QString m_file;
    QStringList m_traces; // keys of each used trace
    std::map<QString, ClockMap> m_maps; // by the key of the guest's first trace
};

} // namespace exitscope
