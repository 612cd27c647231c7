"""Why storage cannot serve: what was found, what was expected, what to do. No message ever holds a password."""

from __future__ import annotations

from collections.abc import Iterable

from policies.problems import Problem
from service.errors import Unavailable


class StorageFailure(Unavailable):
    """Storage cannot serve. `place` is the file, or the server and its database; `found` fills the sentence."""

    sentence = "数据库 {place} 无法使用。"

    def __init__(self, place: str, problems: Iterable[Problem] = (), **found: object) -> None:
        super().__init__(self.sentence.format(place=place, **found), problems)


class UnsupportedDatabase(StorageFailure):
    sentence = (
        "数据库地址无法使用：{place}。地址应形如 sqlite:///文件路径 或 "
        "postgresql://用户:密码@主机:端口/库名，请检查 HUIQI_DATABASE_URL。"
    )


class DatabaseMissing(StorageFailure):
    sentence = "没有找到数据库文件 {place}。请先运行 huiqi db upgrade 建立数据库，或检查 HUIQI_DATABASE_URL 是否写对。"


class DatabaseReplaced(StorageFailure):
    """Another file took the place during a transaction: what was written would have been lost with the old one."""

    sentence = "数据库文件 {place} 刚刚被换成了另一个，这次没有完成，也没有保存。请再试一次。"


class NotADatabase(StorageFailure):
    sentence = (
        "{place} 不是 SQLite 数据库文件，程序没有改动它。请检查 HUIQI_DATABASE_URL 是否写对；"
        "如果它原本是数据库，请从备份恢复。"
    )


class DatabaseDamaged(StorageFailure):
    sentence = "数据库文件 {place} 已损坏。请停止使用它，并从备份恢复。"


class DatabaseUnopenable(StorageFailure):
    sentence = "无法读写数据库文件 {place}（{detail}）。它应是一个可读写的文件，请检查路径、所在文件夹的权限和磁盘。"


class DatabaseLocked(StorageFailure):
    sentence = "数据库 {place} 正被占用，等了 {seconds:g} 秒仍未空出。请稍后再试；如果一直这样，请检查有没有长时间不结束的程序。"


class DatabaseNotUpgraded(StorageFailure):
    sentence = "数据库 {place} 的结构版本是 {found}，本程序需要 {expected}。请先运行 huiqi db upgrade。"


class TablesMissing(DatabaseNotUpgraded):
    """Found out by a statement, whatever the revision says."""

    sentence = (
        "数据库 {place} 里缺少本程序需要的表或列（{detail}）。请先运行 huiqi db upgrade；如果仍然缺少，请从备份恢复。"
    )


class DatabaseTooNew(StorageFailure):
    sentence = (
        "数据库 {place} 的结构版本是 {found}，本程序只认识到 {expected}，它多半由更新的程序升级过。"
        "请换用更新的程序；为免损坏数据，本程序不会读写或升级它。"
    )


class ServerUnreachable(StorageFailure):
    sentence = (
        "连不上数据库 {place}（{detail}）。请检查数据库服务是否在运行，HUIQI_DATABASE_URL 里的主机、端口、库名、账号和"
        "密码是否写对。"
    )


class DiskFull(StorageFailure):
    sentence = "数据库 {place} 所在的磁盘已满，这次没有保存。请清理磁盘后再试。"


class ReadOnlyDatabase(StorageFailure):
    sentence = "数据库 {place} 只能读、不能写，这次没有保存。请检查文件权限、磁盘是否以只读方式挂载，或是否连到了只读的备用库。"


class UnreadableContent(StorageFailure):
    """What is stored does not fit this program's reference tables; `problems` names every defect."""

    sentence = "已保存的{place}无法按本程序的信息项读出（{count} 处不符）。请换用保存它时的程序版本，或重新导入。"
