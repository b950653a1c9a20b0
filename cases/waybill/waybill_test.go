package waybill

import "testing"

func TestWhoseNumberItIs(t *testing.T) {
	for number, want := range map[string]string{
		"SF1234567890123": "SF", " sf 1234567890123 ": "SF", "YT7300000100055": "YTO", "YT730000010005512": "YTO", "78123456789012": "ZTO",
		"773123456789012": "STO", "463123456789012": "YD", "JDVA00123456789": "JD", "JT3012345678901": "JT",
		"EA123456789CN": "EMS", "DPK202412345678": "DBL", "LP00123456789012": "CN",
		// Numbers that several carriers use are nobody's.
		"123456789012": "", "1234567890123": "", "SF1": "", "": "", "顺丰1234567890": "",
	} {
		c, ok := Guess(number)
		if c.ID != want || ok != (want != "") {
			t.Errorf("Guess(%q) = %q, want %q", number, c.ID, want)
		}
	}
}

func TestEverySureNumberFitsItsCarrier(t *testing.T) {
	for _, number := range []string{
		"SF1234567890123", "YT7300000100055", "78123456789012", "ZTO123456789012", "773123456789012", "463123456789012", "JDVA00123456789",
		"JT3012345678901", "EA123456789CN", "DPK202412345678", "LP00123456789012",
	} {
		c, ok := Guess(number)
		if !ok {
			t.Errorf("%s is nobody's", number)
			continue
		}
		for _, name := range []string{c.ID, c.ZH, c.EN, c.In("en"), c.names[0]} {
			if !Fits(name, number) {
				t.Errorf("%s does not fit %s", number, name)
			}
		}
	}
}

func TestANumberIsHeldToTheCarrierThatWasNamed(t *testing.T) {
	tests := []struct {
		carrier, number string
		want            bool
	}{
		{"顺丰", "SF1234567890123", true},
		{"顺丰", "123456789012", true},
		{"顺丰", "YT7300000100055", false},
		{"圆通速递", "SF1234567890123", false},
		{"极兔", "JT3012345678901", true},
		{"韵达", "JD0012345678901", false},
		{"EMS", "EA123456789CN", true},
		{"EMS", "EA12345678CN", false},
		{"小城快递", "X-2024-0001", true}, // not known here: the general form
		{"小城快递", "你好", false},
		{"小城快递", "ABCDEFGHIJ", false}, // no digit
		{"小城快递", "1234567", false},
		{"", "1234567890", true},
	}
	for _, tt := range tests {
		if got := Fits(tt.carrier, tt.number); got != tt.want {
			t.Errorf("Fits(%q, %q) = %v", tt.carrier, tt.number, got)
		}
	}
}

func TestPickTheWaybillAmongCodes(t *testing.T) {
	tests := []struct {
		codes []string
		want  string
	}{
		{[]string{"https://ucmp.sf-express.com/wx?p=SF1234567890123&b=1"}, "SF1234567890123"},
		{[]string{"6901234567892", "YT7300000100055"}, "YT7300000100055"}, // a sure one wins over a shop's bar code
		{[]string{"123456789012"}, "123456789012"},
		{[]string{"https://example.com/hello"}, ""},
		{[]string{"HELLO-WORLD"}, ""},
		{[]string{"12345678"}, ""},
		{nil, ""},
	}
	for _, tt := range tests {
		if got := Pick(tt.codes); got != tt.want {
			t.Errorf("Pick(%q) = %q, want %q", tt.codes, got, tt.want)
		}
	}
}
