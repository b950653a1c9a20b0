package bot

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// gold is one situation of testdata/situations.json, as the domain has it (§5).
type gold struct {
	ID, Story, Fixture, Reason, Verdict, Guidance, Evidence, Freight, Next, Never, Topic string
}

// situation is what makes a gold situation run: testdata/situations/<id>.yaml.
type situation struct {
	Clock  string     `yaml:"clock"` // Shanghai
	Lines  []lineFact `yaml:"lines"`
	Events []pastStep `yaml:"events"` // what happened before he writes, by events of the ledger
	// Reports are failed uploads that his page told of before he writes.
	Reports []dialog.Args `yaml:"reports"`
	Desk    *struct {
		Waiting, Agents int
		Hours           string
	} `yaml:"desk"`
	EN    string   `yaml:"en"` // what he writes in English; in Chinese it is the domain's own text
	Heard heardAs  `yaml:"heard"`
	Also  saidAlso `yaml:"also"` // other ways to say it
	// Answers are what he presses when the bot asks a question of fact.
	Answers map[policy.QuestionID]policy.Tri `yaml:"answers"`
	Steps   []chatStep                       `yaml:"steps"`
	Expect  expectation                      `yaml:"expect"`
	Never   struct{ ZH, EN []string }        `yaml:"never"`
	// NA says why a part of the gold expectation cannot be looked at.
	NA map[string]string `yaml:"not_applicable"`
}

type lineFact struct {
	Order, Title, Spec string
	Goods, Freight     int64
	Quantity           int
	Status             policy.Status
	Signed             string
	Categories, Tags   []string
	Confirmed          bool
}

type pastStep struct {
	At, Do, By, Reason, Code, Text, Method string
	Type                                   policy.RefundType
	Party                                  cases.Actor
	Answers                                policy.Answers
	Kinds                                  []string
	Amount                                 int64
}

type heardAs struct {
	Topic  dialog.Topic
	Intent dialog.Intent
	Reason policy.ReasonID
}

type saidAlso struct{ ZH, EN []string }

// chatStep is one thing he does after he has written: a press that the bot offers, an upload, or more words.
type chatStep struct {
	Press  dialog.Action
	Args   dialog.Args
	Upload []string
	Report dialog.Args // his page tells of a failed upload
	Say    saidIn
}

type saidIn struct{ ZH, EN string }

type expectation struct {
	Verdict struct {
		Kind   policy.Kind
		Code   policy.Code
		Reason policy.ReasonID
		Alerts []policy.Code
		// Of a filed case: what the buyer may do now and what not, and what the answer says in the policy's codes.
		Allowed, Refused []cases.EventKind
		Answer           policy.Code
		Holder           dialog.Holder
		Step             dialog.Step // of the flow: a topic that only explains leads back to it
	}
	Evidence struct {
		Required, Named []policy.EvidenceKind
	}
	Next struct {
		Press []dialog.Action // what the bot must offer, pressed in order
		// Fill is what he fills into the form that a press brings, before he goes on.
		Fill map[dialog.Action]dialog.Args
		// Rest is the parcel with what was left out of the return, as the case has it in the end.
		Rest       dialog.Args
		Transition string // what the last press does
		Ground     string
		Deadlines  []cases.Timer // whose instants must be in a text or on a card
		Until      string        // "verdict": the last instant to apply
		Type       policy.RefundType
		Amount     int64
		Holder     dialog.Holder
		// Reminds is a word that must come by itself later: the clock is moved, and it is there once.
		Reminds struct {
			Timer      cases.Timer
			At, Notice string
			Until      string // nothing comes up to then
		}
	}
	Freight policy.Payer
	Says    struct{ ZH, EN []string } // what the answers must contain
}

// parts of a gold expectation; each is looked at in every run, or is said to be not applicable and why.
var goldParts = []string{"verdict", "evidence", "next", "freight", "never"}

// neverAtAll are domain §6.1: what the assistant never says, whatever the situation.
var neverAtAll = map[dialog.Locale][]string{
	dialog.ZH: {
		`保证`, `一定(能|会|可以)`, `肯定(能|会|可以|退|赔)`, `百分之百|100%`, `放心.{0,4}(退|赔)`, `(会|能)(全额|全部)退`, `全额退款`, `必定|必胜|稳赢`, `商家(已经)?输了`,
		`(这|它|商品|图片|照片).{0,4}是(假的|伪造的|假货)`, `造假`, `请(提供|输入|告诉).{0,6}(密码|验证码|完整的?卡号|身份证)`, `加.{0,2}微信`, `私下(转账|退款)`, `诊断为|这是过敏`,
	},
	dialog.EN: {
		`(?i)guarantee`, `(?i)you will (definitely|certainly|surely)`, `(?i)(certain|sure) to (win|get)`, `(?i)full refund`, `(?i)you will win`, `(?i)has (already )?lost`,
		`(?i)(it|item|picture|photo) is (fake|forged|counterfeit)`, `(?i)(give|send|tell|enter).{0,12}(password|verification code|card number)`, `(?i)outside the platform.{0,10}pay`, `(?i)(I|we) diagnose|diagnosed with|the diagnosis is`,
	},
}

func readGold(t *testing.T) []gold {
	t.Helper()
	raw, err := os.ReadFile("testdata/situations.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []gold
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func readSituation(t *testing.T, id string) situation {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/situations", id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var s situation
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return s
}

// instant reads a time of Shanghai.
func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}
