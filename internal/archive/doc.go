// Package archive writes books into a file that outlives the database they came
// from, and reads them back.
//
// It owns two forms: everything, which can be read into another database, SQLite
// or PostgreSQL, and comes out the same to the last row; and all of one company,
// for its own keeping, in forms that waihu and others read. It does not own what
// the rows mean.
//
// What always holds: every file of an archive has its digest in the manifest, and
// nothing is read before all of them are right; the same books make the same
// bytes; the system's key is never in an archive, so sealed secrets stay sealed.
package archive
