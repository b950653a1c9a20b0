// Package s3blobs keeps evidence files in a bucket of an S3-compatible store: AWS S3, MinIO, Alibaba OSS, Tencent COS.
//
// It is an adapter of evidence.Blobs and evidence.Records. It knows buckets and keys, and nothing of what a file is.
// Each upload has objects of its own, so that what one lets go another never misses, on whichever nodes they came in;
// records lie beside them, so that every node lends every file out. Parts of unfinished uploads stay in the directory
// of the node that takes them.
//
// A call has a time limit of its own, faults that may pass are tried again, and while the store is down calls fail at
// once instead of piling up. What fails is tried again by the intake: nothing that was acknowledged lies here only.
package s3blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/sony/gobreaker/v2"

	"recourse/cases"
	"recourse/cases/evidence"
)

// Config says where the bucket is.
type Config struct {
	Endpoint  string // host[:port]
	Plain     bool   // http instead of https
	Region    string // "" = let the store say
	Bucket    string
	Prefix    string // of every key, without slashes at its ends
	PathStyle bool   // the bucket in the path instead of the host name
	Access    string
	Secret    string
}

// Where keys come from when the settings do not give them.
const (
	EnvAccess = "AWS_ACCESS_KEY_ID"
	EnvSecret = "AWS_SECRET_ACCESS_KEY"
)

// Parse reads s3://bucket/prefix?endpoint=…&region=…&style=path. The endpoint is a URL or a host; without one it is
// AWS. The keys come from the environment: they do not belong into a command line.
func Parse(spec string, getenv func(string) string) (Config, error) {
	u, err := url.Parse(spec)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil {
		return Config{}, fmt.Errorf("%q must be like s3://bucket/prefix?endpoint=https://store.example&region=…", spec)
	}
	q := u.Query()
	for key := range q {
		if key != "endpoint" && key != "region" && key != "style" {
			return Config{}, fmt.Errorf("%q: there is no %q; endpoint, region and style are known", spec, key)
		}
	}
	c := Config{
		Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Region: q.Get("region"), Endpoint: "s3.amazonaws.com",
		Access: getenv(EnvAccess), Secret: getenv(EnvSecret),
	}
	switch q.Get("style") {
	case "path":
		c.PathStyle = true
	case "", "host":
	default:
		return Config{}, fmt.Errorf("%q: style is path or host", spec)
	}
	if e := q.Get("endpoint"); e != "" {
		if !strings.Contains(e, "://") {
			e = "https://" + e
		}
		at, err := url.Parse(e)
		if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || strings.Trim(at.Path, "/") != "" {
			return Config{}, fmt.Errorf("%q: the endpoint must be like https://store.example:9000", spec)
		}
		c.Endpoint, c.Plain = at.Host, at.Scheme == "http"
	}
	if c.Access == "" || c.Secret == "" {
		return Config{}, fmt.Errorf("the keys of the bucket are missing: set %s and %s", EnvAccess, EnvSecret)
	}
	return c, nil
}

const (
	dialWait = 5 * time.Second
	headWait = 15 * time.Second // for an answer to begin
	callWait = 20 * time.Second // a call without a body
	moveWait = 2 * time.Minute  // a call with one, up to 100 MiB
	retryFor = 10 * time.Second
)

// Store is the bucket.
type Store struct {
	client  *minio.Client
	cfg     Config
	breaker *gobreaker.CircuitBreaker[any]
	retry   time.Duration
}

var (
	_ evidence.Blobs   = (*Store)(nil)
	_ evidence.Records = (*Store)(nil)
)

// Open connects and makes sure that the bucket is there.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	style := minio.BucketLookupAuto
	if cfg.PathStyle {
		style = minio.BucketLookupPath
	}
	client, err := minio.New(cfg.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.Access, cfg.Secret, ""), Secure: !cfg.Plain, Region: cfg.Region, BucketLookup: style,
		MaxRetries: 1, // the retries are ours
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: dialWait}).DialContext, TLSHandshakeTimeout: dialWait,
			ResponseHeaderTimeout: headWait, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			DisableCompression: true,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", cfg.Bucket, err)
	}
	s := &Store{client: client, cfg: cfg, retry: retryFor, breaker: gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: "blobs", Timeout: 10 * time.Second,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
		IsSuccessful: func(err error) bool { return err == nil || final(err) },
	})}
	ok, err := call(ctx, s, callWait, func(ctx context.Context) (bool, error) { return client.BucketExists(ctx, cfg.Bucket) })
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", cfg.Bucket, err)
	}
	if !ok {
		return nil, fmt.Errorf("open the bucket %s: it does not exist: %w", cfg.Bucket, fs.ErrNotExist)
	}
	return s, nil
}

// final says that trying again would give the same: the store has answered, or nobody waits any more.
func final(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, fs.ErrNotExist) {
		return true
	}
	status := minio.ToErrorResponse(err).StatusCode
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

// call does something with the store, in its time, again if that may help.
func call[T any](ctx context.Context, s *Store, wait time.Duration, do func(context.Context) (T, error)) (T, error) {
	return backoff.Retry(ctx, func() (T, error) {
		v, err := s.breaker.Execute(func() (any, error) {
			one, cancel := context.WithTimeout(ctx, wait)
			defer cancel()
			return do(one)
		})
		t, _ := v.(T)
		if err != nil && (final(err) || errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, errOnce)) {
			return t, backoff.Permanent(err)
		}
		return t, err
	}, backoff.WithMaxElapsedTime(s.retry))
}

// errOnce marks the failure of what cannot be done twice: its source has been read.
var errOnce = errors.New("the source cannot be read again")

func (s *Store) key(parts ...string) string {
	if s.cfg.Prefix != "" {
		parts = append([]string{s.cfg.Prefix}, parts...)
	}
	return strings.Join(parts, "/")
}

func (s *Store) blobKey(b evidence.Blob) string { return s.key("blobs", string(b.Of), b.SHA256) }

func (s *Store) recordKey(id cases.EvidenceID) string { return s.key("records", string(id)+".json") }

// Apart: yes, an upload has its own objects.
func (s *Store) Apart() bool { return true }

// Put stores a file. An object appears only when all of it has arrived, so one of the right size is whole.
func (s *Store) Put(ctx context.Context, b evidence.Blob, src io.Reader, size int64) error {
	key := s.blobKey(b)
	have, err := s.stat(ctx, key)
	if err == nil && have.Size == size {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put blob %s: %w", b.SHA256, err)
	}
	if err := s.put(ctx, key, src, size, "application/octet-stream"); err != nil {
		return fmt.Errorf("put blob %s: %w", b.SHA256, err)
	}
	return nil
}

func (s *Store) put(ctx context.Context, key string, src io.Reader, size int64, media string) error {
	seeker, again := src.(io.Seeker)
	begun := false
	_, err := call(ctx, s, moveWait, func(ctx context.Context) (minio.UploadInfo, error) {
		if begun {
			if _, err := seeker.Seek(0, io.SeekStart); err != nil {
				return minio.UploadInfo{}, errors.Join(errOnce, err)
			}
		}
		begun = true
		info, err := s.client.PutObject(ctx, s.cfg.Bucket, key, src, size, minio.PutObjectOptions{
			ContentType: media, DisableMultipart: true, SendContentMd5: true,
		})
		if err != nil && !again {
			err = errors.Join(errOnce, err)
		}
		return info, err
	})
	return err
}

func (s *Store) stat(ctx context.Context, key string) (minio.ObjectInfo, error) {
	return call(ctx, s, callWait, func(ctx context.Context) (minio.ObjectInfo, error) {
		info, err := s.client.StatObject(ctx, s.cfg.Bucket, key, minio.StatObjectOptions{})
		return info, missing(err)
	})
}

// missing words the store's "no such key" as everybody else's.
func missing(err error) error {
	if code := minio.ToErrorResponse(err).Code; code == minio.NoSuchKey {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// Open returns a file. It is fetched as it is read, from where the reader seeks to.
func (s *Store) Open(ctx context.Context, b evidence.Blob) (io.ReadSeekCloser, error) {
	key := s.blobKey(b)
	if _, err := s.stat(ctx, key); err != nil {
		return nil, fmt.Errorf("open blob %s: %w", b.SHA256, err)
	}
	o, err := s.client.GetObject(ctx, s.cfg.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", b.SHA256, missing(err))
	}
	return o, nil
}

// Delete removes a file; S3 answers alike whether it was there or not.
func (s *Store) Delete(ctx context.Context, b evidence.Blob) error {
	if err := s.remove(ctx, s.blobKey(b)); err != nil {
		return fmt.Errorf("delete blob %s: %w", b.SHA256, err)
	}
	return nil
}

func (s *Store) remove(ctx context.Context, key string) error {
	_, err := call(ctx, s, callWait, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, missing(s.client.RemoveObject(ctx, s.cfg.Bucket, key, minio.RemoveObjectOptions{}))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// PutRecord keeps a record for other nodes.
func (s *Store) PutRecord(ctx context.Context, id cases.EvidenceID, record []byte) error {
	if err := s.put(ctx, s.recordKey(id), bytes.NewReader(record), int64(len(record)), "application/json"); err != nil {
		return fmt.Errorf("put record %s: %w", id, err)
	}
	return nil
}

// recordMax bounds what is read as a record.
const recordMax = 1 << 20

// Record returns a record.
func (s *Store) Record(ctx context.Context, id cases.EvidenceID) ([]byte, error) {
	raw, err := call(ctx, s, callWait, func(ctx context.Context) ([]byte, error) {
		o, err := s.client.GetObject(ctx, s.cfg.Bucket, s.recordKey(id), minio.GetObjectOptions{})
		if err != nil {
			return nil, missing(err)
		}
		raw, err := io.ReadAll(io.LimitReader(o, recordMax))
		return raw, errors.Join(missing(err), o.Close())
	})
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", id, err)
	}
	return raw, nil
}

// DeleteRecord removes a record.
func (s *Store) DeleteRecord(ctx context.Context, id cases.EvidenceID) error {
	if err := s.remove(ctx, s.recordKey(id)); err != nil {
		return fmt.Errorf("delete record %s: %w", id, err)
	}
	return nil
}
