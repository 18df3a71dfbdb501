// SPDX-License-Identifier: GPL-3.0-or-later
// usage: exitscope_drag_source X Y PATH
// A window at that place of the screen that paths are dragged out of, as out of a file manager.
#include <QApplication>
#include <QDrag>
#include <QMimeData>
#include <QMouseEvent>
#include <QUrl>
#include <QWidget>

namespace {

class DragSource : public QWidget {
public:
    explicit DragSource(const QString &path) : m_path(path) { }

protected:
    void mouseMoveEvent(QMouseEvent *event) override
    {
        if (!event->buttons().testFlag(Qt::LeftButton))
            return;
        auto *dragged = new QMimeData; // the drag owns it
        dragged->setUrls({QUrl::fromLocalFile(m_path)});
        auto *drag = new QDrag(this);
        drag->setMimeData(dragged);
        drag->exec(Qt::CopyAction);
    }

private:
    QString m_path;
};

} // namespace

int main(int argc, char **argv)
{
    const QApplication app(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 4)
        return 2;
    DragSource source(arguments[3]);
    source.setWindowTitle(QStringLiteral("Drag source"));
    source.setGeometry(arguments[1].toInt(), arguments[2].toInt(), 160, 120);
    source.show();
    return QApplication::exec();
}
