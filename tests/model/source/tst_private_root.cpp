// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/private_root.h"

#include <QDirIterator>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include <filesystem>

#include "model/source/private_dir.h"
#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

// Temporary directories: gone with their process, however it ends, and nobody else's.
class TestPrivateRoot : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void goesWithTheObject();
    void removesWhatAKilledProcessLeft();
    void leavesTheRest_data();
    void leavesTheRest();
    void leavesThatOfTheLiving();
    void cutFileTakesNoSpace();
    void noTemporaryDirectoryIsTold();
    void removesAllAtTheEnd(); // the last one: no directory is made after it

private:
    QString path(const char *name) const { return m_dir->filePath(QString::fromLatin1(name)); }
    QString leftBehind(const char *name) const;

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestPrivateRoot::init()
{
    m_dir = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/tst_private_root-XXXXXX"));
    QVERIFY(m_dir->isValid());
    qputenv("TMPDIR", QFile::encodeName(m_dir->path()));
}

// A directory as a process makes it, with a link to a file outside.
QString TestPrivateRoot::leftBehind(const char *name) const
{
    writeFile(path("outside/file"), "keep me");
    const QString root = path(name);
    QDir().mkpath(root + QStringLiteral("/0/index"));
    ::chmod(QFile::encodeName(root).constData(), 0700);
    QFile::link(path("outside"), root + QStringLiteral("/0/outside"));
    writeFile(root + QStringLiteral("/0/own"), "x");
    return root;
}

void TestPrivateRoot::goesWithTheObject()
{
    {
        const PrivateRoot root;
        QVERIFY2(root.isValid(), qPrintable(root.errorString()));
        QVERIFY(root.path().startsWith(m_dir->path()));
        QCOMPARE(QFile::permissions(root.path()) & QFile::Permissions(0x0077), QFile::Permissions());
        writeFile(root.path() + QStringLiteral("/a/b"), "x");
    }
    QVERIFY(QDir(m_dir->path()).isEmpty());
}

void TestPrivateRoot::removesWhatAKilledProcessLeft()
{
    const QString left = leftBehind("exitscope-readers-abc123");
    const PrivateRoot root;
    QVERIFY(!QFileInfo::exists(left));
    QVERIFY(QFileInfo::exists(path("outside/file"))); // links are not followed
}

void TestPrivateRoot::leavesTheRest_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"another name", "a longer name", "others may read it", "a link", "a file"})
        QTest::addRow("%s", kind) << QString::fromLatin1(kind);
}

void TestPrivateRoot::leavesTheRest()
{
    QFETCH(const QString, kind);
    QString left = path("exitscope-readers-abc123");
    if (kind == QLatin1String("another name"))
        left = leftBehind("exitscope-charts.abc123");
    else if (kind == QLatin1String("a longer name"))
        left = leftBehind("exitscope-readers-abc123-saved");
    else if (kind == QLatin1String("others may read it"))
        ::chmod(QFile::encodeName(leftBehind("exitscope-readers-abc123")).constData(), 0755);
    else if (kind == QLatin1String("a link"))
        QVERIFY(QFile::link(leftBehind("elsewhere"), left));
    else
        writeFile(left, "x");
    {
        const PrivateRoot root;
        QVERIFY(QFileInfo::exists(left));
    }
    QVERIFY(QFileInfo::exists(left));
    QVERIFY(kind != QLatin1String("a link") || QFileInfo::exists(path("elsewhere/0/own")));
}

void TestPrivateRoot::leavesThatOfTheLiving()
{
    const PrivateRoot first;
    const PrivateRoot second;
    QVERIFY(QFileInfo::exists(first.path()));
    const QString others = leftBehind("exitscope-readers-abc123");
    const int lock = ::open(QFile::encodeName(others).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    QCOMPARE(::flock(lock, LOCK_EX | LOCK_NB), 0); // as its process does
    {
        const PrivateRoot third;
        QVERIFY(QFileInfo::exists(others));
    }
    ::close(lock); // as its process's end does
    const PrivateRoot fourth;
    QVERIFY(!QFileInfo::exists(others));
}

void TestPrivateRoot::cutFileTakesNoSpace()
{
    writeFile(path("trace/metadata"), "m");
    writeFile(path("trace/ch_0"), QByteArray(1 << 20, 'x'));
    writeFile(path("trace/index/ch_0.idx"), "i");
    PrivateDirs dirs;
    QString error;
    const QString dir
        = dirs.add(path("trace"), {{path("trace/ch_0")}, 1 << 20, {}, {{path("trace/ch_0"), 5000}}}, error);
    QVERIFY2(!dir.isEmpty(), qPrintable(error));
    QCOMPARE(QFile::symLinkTarget(dir + QStringLiteral("/ch_0")), path("trace/ch_0"));
    const QByteArray cut = QFile::encodeName(dir + QStringLiteral("/.cut/ch_0"));
    QCOMPARE(std::filesystem::read_symlink(cut.toStdString()).string(), std::string("5000"));
    QDirIterator all(
        dir, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        all.next();
        QVERIFY2(all.fileInfo().isSymLink() || all.fileInfo().isDir(), qPrintable(all.filePath()));
    }
}

void TestPrivateRoot::noTemporaryDirectoryIsTold()
{
    qputenv("TMPDIR", "/nonexistent");
    const PrivateRoot root;
    QVERIFY(!root.isValid());
    QVERIFY2(root.errorString().contains(QStringLiteral("No such file")), qPrintable(root.errorString()));
}

void TestPrivateRoot::removesAllAtTheEnd()
{
    const PrivateRoot first;
    const PrivateRoot second;
    writeFile(second.path() + QStringLiteral("/a/b"), "x");
    PrivateRoot::removeAll();
    QVERIFY(QDir(m_dir->path()).isEmpty());
    const PrivateRoot late;
    QVERIFY(!late.isValid());
    QVERIFY(QDir(m_dir->path()).isEmpty());
}

QTEST_GUILESS_MAIN(TestPrivateRoot)
#include "tst_private_root.moc"
