// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/trace_finder.h"

#include <QDir>
#include <QFileInfo>

#include <array>
#include <climits>
#include <map>

#include "model/cancel_flag.h"
#include "model/diagnostic_codes.h"
#include "model/source/file_access.h"
#include "model/source/file_format.h"
#include "model/source/foreign_format.h"
#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

// Behind a longer name the files of a trace could not be opened any more.
constexpr qsizetype kLongestPath = PATH_MAX - 256;

// Why a regular file cannot be opened; empty if it can.
QString faultOf(const QString &path)
{
    QFile file;
    QString fault;
    return openForReading(file, path, &fault) ? QString() : fault;
}

enum class Reason : std::uint8_t { Kernel, Mount, TooDeep, NoFile, Unreadable, Denied };

struct ReasonText {
    const char *one;
    const char *many; // %1: how many
    Code code;
};

constexpr std::array kReasons{
    ReasonText{"this directory is not searched: the kernel makes up what is in it",
        "%1 directories are not searched: the kernel makes up what is in them", Code::NotSearched},
    ReasonText{"this directory is not searched, as it lies on another file system than what was given; to search it, "
               "give it too",
        "%1 directories are not searched, as they lie on other file systems than what was given; to search one, give "
        "it too",
        Code::NotSearched},
    ReasonText{"this directory is not searched: its path is too long",
        "%1 directories are not searched: their paths are too long", Code::NotSearched},
    ReasonText{"this is neither a file nor a directory, and not opened",
        "%1 entries of directories are neither files nor directories, and not opened", Code::NotSearched},
    ReasonText{"this file cannot be read, so nobody knows whether it is a trace",
        "%1 files cannot be read, so nobody knows whether they are traces", Code::NotSearched},
    ReasonText{"this directory cannot be read", "%1 directories cannot be read", Code::NoTrace},
};

class Walk {
public:
    Walk(FoundTraces &found, CancelFlag cancel) : m_found(found), m_cancel(cancel) { }

    void path(const QString &given);

private:
    struct Passed {
        std::int64_t count = 0;
        QString first;
        QString cause; // of the first
    };

    void file(const QString &path, const FileInfo &info);
    void dir(const QString &path, const FileInfo &info, bool isGiven);
    void entries(const QString &path, const Directory &directory, bool isTrace);
    void entry(const QString &path, const FileInfo &info);
    void pass(Reason reason, const QString &path, const QString &cause = {});
    void tellPassed();
    bool takeTrace(const QString &path, const FileInfo &info);
    void tellForeign(const ForeignFormat &format, const QString &path);
    bool isCancelled() const { return exitscope::isCancelled(m_cancel); }
    void tell(Code code, const QString &message, const QString &path, std::int64_t count = 1)
    {
        m_found.diagnostics.push_back(makeDiagnostic(code, message, path, count));
        ++m_results;
    }

    FoundTraces &m_found;
    CancelFlag m_cancel;
    // How many were found, of a file 1, of a directory with what is below: links may form loops, and paths may be given
    // twice.
    std::map<std::pair<quint64, quint64>, int> m_seen;
    std::vector<std::pair<ForeignFormat, QString>> m_archives; // below the path that is walked now
    std::array<Passed, kReasons.size()> m_passed; // below it
    int m_results = 0; // traces and what else is told, below it
};

void Walk::path(const QString &given)
{
    m_archives.clear();
    m_passed = {};
    m_results = 0;
    const QString path = QDir::cleanPath(given);
    const FileInfo info = fileInfo(path);
    if (info.kind == FileKind::Missing)
        return tell(Code::NotFound, QStringLiteral("there is no such file or directory"), given);
    if (info.kind != FileKind::Directory)
        return file(path, info);
    dir(path, info, true);
    if (isCancelled())
        return;
    tellPassed();
    if (m_results > 0)
        return;
    for (const auto &[format, archive] : m_archives)
        tellForeign(format, archive);
    if (m_archives.empty())
        tell(Code::NoTrace,
            QStringLiteral(
                "no trace is below this directory: give a trace.dat of trace-cmd, a perf.data, or a directory "
                "that holds a file named metadata, as `lttng create` makes it"),
            given);
}

void Walk::file(const QString &path, const FileInfo &info)
{
    if (!info.fault.isEmpty())
        return tell(Code::NotADirectory, QStringLiteral("this %1").arg(info.fault), path);
    if (const QString fault = faultOf(path); !fault.isEmpty())
        return tell(Code::TraceUnreadable, QStringLiteral("this file %1").arg(fault), path);
    if (takeTrace(path, info))
        return;
    if (const auto format = recognizeFile(path))
        return tellForeign(*format, path);
    const bool isPart = isRegularFile(QFileInfo(path).path() + QStringLiteral("/metadata"));
    tell(Code::NotADirectory,
        isPart ? QStringLiteral("this is a file of a trace: give its directory, %1").arg(QFileInfo(path).path())
               : QStringLiteral("this is neither a directory nor a trace in a known format"),
        path);
}

void Walk::dir(const QString &path, const FileInfo &info, bool isGiven)
{
    if (isCancelled())
        return;
    const auto [seen, isNew] = m_seen.try_emplace(info.id, 0);
    if (!isNew) {
        m_results += seen->second; // told or listed where it was met first
        return;
    }
    if (pathBytes(path).size() > kLongestPath)
        return pass(Reason::TooDeep, path);
    if (isOfKernel(path))
        return pass(Reason::Kernel, path);
    if (!isGiven && isMountPoint(path))
        return pass(Reason::Mount, path);
    const Directory directory = readDirectory(path, m_cancel);
    const int before = m_results;
    const bool isTrace = std::any_of(directory.entries.begin(), directory.entries.end(), [](const DirectoryEntry &e) {
        return e.name == QLatin1String("metadata") && e.info.kind == FileKind::Regular;
    });
    if (!directory.fault.isEmpty())
        pass(Reason::Denied, path, directory.fault);
    entries(path, directory, isTrace);
    seen->second = m_results - before;
}

void Walk::entries(const QString &path, const Directory &directory, bool isTrace)
{
    const QString begin = path.endsWith(QLatin1Char('/')) ? path : QString(path + QLatin1Char('/'));
    if (isTrace) {
        if (const auto format = recognizeMetadata(begin + QStringLiteral("metadata"))) {
            tellForeign(*format, path);
        } else {
            m_found.dirs.append(path);
            ++m_results;
        }
    }
    for (const DirectoryEntry &found : directory.entries) {
        if (isCancelled())
            return;
        if (found.info.kind == FileKind::Directory && !(isTrace && found.name == QLatin1String("index")))
            dir(begin + found.name, found.info, false);
        else if (!isTrace && found.info.kind != FileKind::Directory)
            entry(begin + found.name, found.info);
    }
}

// What lies where no trace is.
void Walk::entry(const QString &path, const FileInfo &info)
{
    if (info.kind == FileKind::Other)
        return pass(Reason::NoFile, path);
    if (const QString fault = info.kind == FileKind::Regular ? faultOf(path) : QString(); !fault.isEmpty())
        return pass(Reason::Unreadable, path, fault);
    if (takeTrace(path, info))
        return;
    const auto format = info.kind == FileKind::Regular ? recognizeFile(path) : std::nullopt;
    if (!format)
        return;
    // Archives lie beside traces for many reasons; they matter where there is nothing else.
    if (format->isArchive)
        m_archives.emplace_back(*format, path);
    else
        tellForeign(*format, path);
}

// Whether it is a trace of one file, which is found then.
bool Walk::takeTrace(const QString &path, const FileInfo &info)
{
    if (info.kind != FileKind::Regular || !isTraceFile(path))
        return false;
    if (m_seen.try_emplace(info.id, 1).second)
        m_found.files.append(path);
    ++m_results;
    return true;
}

void Walk::pass(Reason reason, const QString &path, const QString &cause)
{
    Passed &passed = m_passed[static_cast<std::size_t>(reason)];
    if (passed.count++ == 0) {
        passed.first = path;
        passed.cause = cause;
    }
    if (reason == Reason::Denied)
        ++m_results; // it may hold a trace
}

void Walk::tellPassed()
{
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
        const auto &[count, first, cause] = m_passed[i];
        if (count == 0)
            continue;
        QString message
            = count == 1 ? QString::fromLatin1(kReasons[i].one) : QString::fromLatin1(kReasons[i].many).arg(count);
        if (count > 1)
            message += QStringLiteral(", this one first");
        if (!cause.isEmpty())
            message += QStringLiteral(": ") + cause;
        m_found.diagnostics.push_back(makeDiagnostic(kReasons[i].code, message, first, count));
    }
}

void Walk::tellForeign(const ForeignFormat &format, const QString &path)
{
    tell(Code::ForeignFormat, QStringLiteral("this is %1: %2").arg(format.what, format.advice), path);
}

} // namespace

FoundTraces findTraces(const QStringList &paths, CancelFlag cancel)
{
    FoundTraces found;
    Walk walk(found, cancel);
    for (const QString &path : paths)
        walk.path(path);
    return found;
}

} // namespace exitscope
