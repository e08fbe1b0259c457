@0xd1f5c7a93b2e4860;
# The structured parts of a valise/1 bundle. docs/format.md says where each message stands, how it is
# sealed, and which rules a reader enforces beyond the schema.
#
# Every message is one segment, read with a traversal limit of twice its words + 1024 and a depth of 16.
# All text is UTF-8. Paths are raw bytes. Times are as in `Time`.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("exchange::schema");
using import "case.capnp".Request;

struct Frame {
  # Everything after the header is a sequence of these. The encoding is fixed: 48 bytes, then the body,
  # then zeros to a multiple of 8. Readers compare the constant bytes; they never run a parser on it.
  kind @0 :UInt16;          # 1 EXHIBIT, 2 CHUNK, 3 FILES, 4 MANIFEST, 5 SLICES, 6 SEAL
  flags @1 :UInt16;         # bit 0: the last of its kind within the exhibit
  compartment @2 :UInt32;
  ordinal @3 :UInt64;       # exhibits from 1; 0 for the manifest, SLICES and SEAL
  index @4 :UInt64;         # from 0 within (ordinal, kind)
  body @5 :Data;
}

struct Header {
  # In the clear, between preamble and frames.
  signer @0 :Text;                      # the vkey of the key whose seal this bundle carries
  compartments @1 :List(Compartment);   # ids 0, 1, 2 … in order
  label @2 :Text;                       # a visible address, only when the sender asked for one; else empty

  struct Compartment {
    id @0 :UInt32;
    ageFile @1 :Data;   # a binary age v1 file whose payload is the 32-byte compartment key
  }
}

struct Time {
  # An instant.
  seconds @0 :Int64;        # since 1970-01-01T00:00:00Z
  nanoseconds @1 :UInt32;   # 0 .. 999,999,999
}

struct FileEntry {
  # One file of an exhibit. A message of its own, so that its exact bytes are a leaf of the content tree.
  path @0 :Data;               # relative to the case folder
  kind @1 :FileKind;
  mode @2 :UInt16;             # permission bits, 0 .. 0777
  size @3 :UInt64;             # bytes; 0 unless regular
  sha256 @4 :Data;             # 32 bytes for regular files, else empty
  modified @5 :Time;
  accessed @6 :Time;
  changed @7 :Time;
  born @8 :Time;               # absent where the file system does not say
  acquisitionSha256 @9 :Data;  # 32 bytes where the examiner recorded one, else empty; equals sha256
  holeBytes @10 :UInt64;       # how many of `size` were holes when the file was read
  linkTarget @11 :Data;        # for symbolic links: what they pointed to, never followed
}

enum FileKind {
  regular @0;
  directory @1;
  symlink @2;
  fifo @3;
  characterDevice @4;
  blockDevice @5;
  socket @6;
}

struct FilesPart {
  # A FILES chunk. Parts with entries come first; then the parts that hold the chunk offsets.
  entries @0 :List(Entry);
  chunkOffsets @1 :List(UInt64);   # position in the bundle of each CHUNK frame of this exhibit, in order

  struct Entry {
    raw @0 :Data;   # one FileEntry message
  }
}

struct ManifestPart {
  # A MANIFEST chunk.
  entries @0 :List(ManifestEntry);
}

struct ManifestEntry {
  ordinal @0 :UInt64;
  compartment @1 :UInt32;
  chunks @2 :UInt32;        # CHUNK frames
  filesParts @3 :UInt32;    # FILES frames
  offset @4 :UInt64;        # of the EXHIBIT frame in the bundle
  filesOffset @5 :UInt64;   # of the first FILES frame
  storedBytes @6 :UInt64;   # bytes of all frames of this exhibit
  leaf @7 :Data;            # C_i, 32 bytes
  sealedMeta @8 :Data;      # an ExhibitMeta message under the exhibit's k_meta
  salted @9 :Data;          # the body of the EXHIBIT frame (salt16 || kc32): metadata opens without a visit there
}

struct ExhibitMeta {
  # What only this exhibit's audience may know about it.
  files @0 :UInt64;    # entries in FILES
  bytes @1 :UInt64;    # sum of their sizes
  union {
    exhibit @2 :Exhibit;
    caseView @3 :CaseView;
  }
}

struct Exhibit {
  id @0 :Text;            # EX-03
  path @1 :Data;          # what it covers, relative to the case folder; empty: nothing digital
  title @2 :Text;
  kind @3 :Text;
  row @4 :List(Cell);     # the exhibit's row of exhibits.csv, as written, without `audience`
}

struct Cell {
  column @0 :Text;
  value @1 :Text;
}

struct CaseView {
  # What one compartment's audience may know about the request. Its files are the sheets they may read.
  audience @0 :List(Text);      # AGENCY/NAME, as the signer claims
  reference @1 :Text;
  title @2 :Text;
  requesting @3 :Text;
  legalBasis @4 :List(Text);
  purpose @5 :Text;
  handling @6 :Text;            # TLP mark
  folderMode @7 :UInt16;        # of the case folder itself
  folderModified @8 :Time;
  request @9 :Request;          # the same, whole; null in bundles that were made without it
}
