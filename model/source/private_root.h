// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// A directory of this process alone, below TMPDIR, gone with the object. It is locked while its process lives: what
// one that was killed left behind is removed when the next one is made.
class PrivateRoot {
public:
    PrivateRoot();
    ~PrivateRoot();
    PrivateRoot(const PrivateRoot &) = delete;
    PrivateRoot &operator=(const PrivateRoot &) = delete;

    bool isValid() const { return !m_path.isEmpty(); }
    const QString &path() const { return m_path; }
    const QString &errorString() const { return m_error; }

    // For a process that ends now whatever its threads are doing: removes all that there are, and no new one is made.
    static void removeAll();

private:
    QString m_path; // empty: it could not be made
    QString m_error;
    int m_lock = -1;
};

} // namespace exitscope
