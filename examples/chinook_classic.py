"""The main job, in the classic style: a real database, reflected, mapped, queried, changed and committed.

Run it with a DSN of the Chinook sample database; it works on a copy and prints what it finds:

    python examples/chinook_classic.py data/chinook.sqlite
"""

import os
import shutil
import sys
import tempfile

from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, func
from oxalchemy.orm import eagerload, mapper, relation, sessionmaker
from oxalchemy.orm.exc import NoResultFound


class Artist:
    pass


class Album:
    def __init__(self, title):
        self.Title = title


class Track:
    def __repr__(self):
        return f"<Track {self.Name!r}>"


class Genre:
    pass


class Playlist:
    pass


class Review:
    """A table that the database does not have yet, declared by hand."""

    def __init__(self, author, stars, text=None):
        self.author, self.stars, self.text = author, stars, text


def map_classes(meta):
    tables = meta.tables
    reviews = Table(
        "Review",
        meta,
        Column("id", Integer, primary_key=True),
        Column("album_id", Integer, ForeignKey("Album.AlbumId"), nullable=False),
        Column("author", String(40), nullable=False),
        Column("stars", Integer, nullable=False, default=3),
        Column("text", String(200)),
    )
    mapper(
        Artist,
        tables["Artist"],
        properties={"albums": relation(Album, backref="artist", order_by=tables["Album"].c.Title, cascade="all")},
    )
    mapper(
        Album,
        tables["Album"],
        properties={
            "tracks": relation(Track, backref="album", order_by=tables["Track"].c.TrackId),
            "reviews": relation(Review, backref="album", cascade="all, delete-orphan"),
        },
    )
    mapper(Genre, tables["Genre"])
    mapper(
        Track,
        tables["Track"],
        properties={"genre": relation(Genre), "playlists": relation(Playlist, secondary=tables["PlaylistTrack"])},
    )
    mapper(Playlist, tables["Playlist"])
    mapper(Review, reviews)
    return reviews


def main(path):
    work = os.path.join(tempfile.mkdtemp(), "chinook.sqlite")
    shutil.copyfile(path, work)
    engine = create_engine(f"sqlite:///{work}")
    job(engine)
    engine.dispose()


def job(engine):
    meta = MetaData()
    meta.reflect(bind=engine)
    print("tables:", ", ".join(t.name for t in meta.sorted_tables))
    reviews = map_classes(meta)
    reviews.create(bind=engine, checkfirst=True)
    session = sessionmaker(bind=engine)()

    # queries
    acdc = session.query(Artist).filter_by(Name="AC/DC").one()
    print("artist:", acdc.ArtistId, acdc.Name, [a.Title for a in acdc.albums])
    rock = session.query(Track).join(Track.genre).filter(Genre.Name == "Rock")
    print("rock tracks:", rock.count(), [t.Name for t in rock.order_by(Track.Name)[2:5]])
    print("get:", session.query(Track).get(1))
    long = session.query(Track.Name, Track.Milliseconds).filter(Track.Milliseconds > 5_000_000)
    print("long:", [tuple(row) for row in long.order_by(Track.Milliseconds.desc())])
    per_genre = (
        session.query(Genre.Name, func.count(Track.TrackId)).join(Track, Track.GenreId == Genre.GenreId).group_by(Genre.Name)
    )
    print("genres:", [tuple(r) for r in per_genre.order_by(func.count(Track.TrackId).desc()).limit(3)])
    eager = session.query(Album).options(eagerload("tracks")).filter(Album.Title.like("Let%")).all()
    print("eager:", [(a.Title, len(a.tracks)) for a in eager])
    first = session.query(Track).order_by(Track.TrackId).first()
    print("playlists of track 1:", sorted({p.Name for p in first.playlists}))
    try:
        session.query(Artist).filter_by(Name="Nobody").one()
    except NoResultFound as e:
        print("one():", e)

    # changes
    album = Album("Live at the Test Suite")
    album.reviews.append(Review("ann", 5, "loud"))
    album.reviews.append(Review("bob", None))
    album.reviews[1].stars = 2
    acdc.albums.append(album)
    acdc.Name = "AC⚡DC"
    session.commit()
    print("new album:", album.AlbumId, album.artist.Name, [(r.id, r.author, r.stars) for r in album.reviews])
    album.reviews.remove(album.reviews[0])
    session.flush()
    print("reviews left:", session.query(Review).count())
    acdc.Name = "gone"
    session.rollback()
    print("after rollback:", acdc.Name, len(album.reviews))
    session.delete(album)
    session.commit()
    print("after delete:", session.query(Album).filter_by(Title="Live at the Test Suite").count(), session.query(Review).count())
    removed = session.query(Playlist).filter(Playlist.Name.like("%Movies%")).delete(synchronize_session="fetch")
    print("playlists deleted:", removed)
    session.rollback()
    session.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data/chinook.sqlite")
