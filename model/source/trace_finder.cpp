// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/trace_finder.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>

#include "model/diagnostic_codes.h"
#include "model/source/foreign_format.h"

namespace exitscope {

namespace {

class Walk {
public:
    Walk(FoundTraces &found, const std::atomic<bool> *cancel) : m_found(found), m_cancel(cancel) { }

    void path(const QString &given);

private:
    void file(const QString &path);
    void dir(const QString &path);
    void entries(const QString &path);
    void tellForeign(const ForeignFormat &format, const QString &path);
    bool isCancelled() const { return m_cancel && m_cancel->load(std::memory_order_relaxed); }
    void tell(Code code, const QString &message, const QString &path)
    {
        m_found.diagnostics.push_back(makeDiagnostic(code, message, path));
        ++m_told;
    }

    FoundTraces &m_found;
    const std::atomic<bool> *m_cancel;
    QSet<QString> m_seen; // canonical paths: links may form loops, and paths may be given twice
    std::vector<std::pair<ForeignFormat, QString>> m_archives; // below the path that is walked now
    int m_traces = 0; // below it
    int m_told = 0;
};

void Walk::path(const QString &given)
{
    m_archives.clear();
    m_traces = 0;
    m_told = 0;
    const QString path = QDir::cleanPath(given);
    const QFileInfo info(path);
    if (!info.exists())
        return tell(Code::NotFound, QStringLiteral("there is no such file or directory"), given);
    if (!info.isDir())
        return file(path);
    dir(path);
    if (m_traces > 0 || m_told > 0 || isCancelled())
        return;
    for (const auto &[format, archive] : m_archives)
        tellForeign(format, archive);
    if (m_archives.empty())
        tell(Code::NoTrace,
            QStringLiteral("no CTF trace is below this directory: give one that holds a file named metadata, as "
                           "`lttng create` or `perf data convert --to-ctf` makes it"),
            given);
}

void Walk::file(const QString &path)
{
    if (const auto format = recognizeFile(path))
        return tellForeign(*format, path);
    const bool isPart = QFileInfo(QFileInfo(path).path() + QStringLiteral("/metadata")).isFile();
    tell(Code::NotADirectory,
        isPart ? QStringLiteral("this is a file of a trace: give its directory, %1").arg(QFileInfo(path).path())
               : QStringLiteral("this is neither a directory nor a trace in a known format"),
        path);
}

void Walk::dir(const QString &path)
{
    if (isCancelled())
        return;
    const QFileInfo info(path);
    const QString canonical = info.canonicalFilePath();
    if (m_seen.contains(canonical)) {
        ++m_traces; // it was told or listed where it was met first
        return;
    }
    m_seen.insert(canonical);
    if (!info.isReadable() || !info.isExecutable())
        return tell(Code::NoTrace, QStringLiteral("this directory cannot be read: permission denied"), path);
    const QString metadata = path + QStringLiteral("/metadata");
    if (!QFileInfo(metadata).isFile()) {
        entries(path);
        return;
    }
    if (const auto format = recognizeMetadata(metadata)) {
        tellForeign(*format, path);
    } else {
        m_found.dirs.append(path);
        ++m_traces;
    }
    for (const QFileInfo &sub : QDir(path).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
        if (sub.fileName() != QLatin1String("index"))
            dir(path + QLatin1Char('/') + sub.fileName());
}

void Walk::entries(const QString &path)
{
    for (const QFileInfo &info :
        QDir(path).entryInfoList(QDir::Dirs | QDir::Files | QDir::NoDotAndDotDot, QDir::Name)) {
        const QString entry = path + QLatin1Char('/') + info.fileName();
        if (isCancelled())
            return;
        if (info.isDir()) {
            dir(entry);
        } else if (const auto format = recognizeFile(entry)) {
            // Archives lie beside traces for many reasons; they matter where there is nothing else.
            if (format->isArchive)
                m_archives.emplace_back(*format, entry);
            else
                tellForeign(*format, entry);
        }
    }
}

void Walk::tellForeign(const ForeignFormat &format, const QString &path)
{
    tell(Code::ForeignFormat, QStringLiteral("this is %1: %2").arg(format.what, format.advice), path);
}

} // namespace

FoundTraces findTraces(const QStringList &paths, const std::atomic<bool> *cancel)
{
    FoundTraces found;
    Walk walk(found, cancel);
    for (const QString &path : paths)
        walk.path(path);
    return found;
}

} // namespace exitscope
