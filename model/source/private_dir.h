// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <map>

#include "model/source/private_root.h"
#include "model/source/stream_files.h"

namespace exitscope {

// Directories that each link the metadata and one stream of a trace, so that libbabeltrace2, which refuses a trace
// as a whole, cannot fail one stream for another's sake. Removed with the object.
class PrivateDirs {
public:
    bool isValid() const { return m_root.isValid(); }
    const QString &errorString() const { return m_root.errorString(); }

    // `stream`: or the files of several, which a reader can tell apart. Empty, with the cause in `error`, if it could
    // not be made.
    QString add(const QString &traceDir, const StreamFiles &stream, QString &error);

    // What is to be read in the place of the trace's metadata from here on.
    bool replaceMetadata(const QString &traceDir, const QByteArray &text, QString &error);
    // What the file is called there.
    static QString nameIn(const QString &file);

    // Private paths in a message mean nothing to the user: this puts the real one in their place.
    static QString shown(QString message, const QString &privateDir, const QString &traceDir);

private:
    PrivateRoot m_root;
    std::map<QString, QString> m_metadata; // by trace, where it is not its own
    int m_next = 0;
};

} // namespace exitscope
