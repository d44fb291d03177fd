package leadfile

import "strings"

// What a column can be. Custom fields are "field:" and their name.
const (
	Ignored  = "-"
	Phone    = "phone"        // tried in the order of the columns
	Code     = "country_code" // of the phones behind it
	Key      = "key"
	Name     = "name"
	First    = "first_name"
	Last     = "last_name"
	Country  = "country"
	Region   = "region"
	City     = "city"
	Postcode = "postcode"
	Street   = "street"
	Zone     = "time_zone"
	Language = "language"
	Basis    = "consent"
	Evidence = "consent_evidence"
	Origin   = "consent_source"
	AgreedAt = "consent_at"
	Until    = "consent_until"
	Owner    = "owner"
	Priority = "priority"
	Status   = "status" // of the system it comes from: sales and refusals are kept
	customOf = "field:"
)

// Fields lists what a column can be, custom fields aside.
func Fields() []string {
	return []string{Phone, Code, Key, Name, First, Last, Country, Region, City, Postcode, Street, Zone, Language, Basis, Evidence, Origin, AgreedAt, Until, Owner, Priority, Status, Ignored}
}

// Custom is the field of a list's own column.
func Custom(name string) string { return customOf + name }

// synonyms are a field and what lists call it in English and Chinese.
const synonyms = `
phone phone phonenumber phoneno telephone tel mobile mobilephone mobilenumber cell cellphone contactnumber number phone1 phone2 phone3 altphone alternatephone homephone workphone businessphone 手机 手機 手机号 手機號 手机号码 手機號碼 电话 電話 电话号码 電話號碼 联系电话 聯絡電話 联系方式 聯絡方式 行动电话 行動電話 号码 號碼 备用电话 備用電話 家庭电话 住家電話 公司电话 公司電話
country_code phonecode countrycode callingcode 国家代码 國碼
key key id leadid customerid customerno customernumber externalid accountnumber vendorleadcode vendorid crmid 客户编号 客戶編號 编号 編號 客户id 客戶id 会员号 會員編號
name name fullname contactname customername customer contact 姓名 名字 客户姓名 客戶姓名 客户 客戶 联系人 聯絡人 客户名称 客戶名稱
first_name firstname givenname forename first 名
last_name lastname surname familyname last 姓
country country countrycodeiso nation 国家 國家
region state province region stateprovince 省 省份 州 地区 地區 县市 縣市
city city town 城市 市
postcode postcode zip zipcode postalcode 邮编 郵編 郵遞區號 邮政编码
street street address address1 streetaddress 地址 详细地址 詳細地址
time_zone timezone zone tz 时区 時區
language language lang 语言 語言
consent consent consentbasis legalbasis optin 同意 是否同意 授权 授權 是否授权 是否授權 同意依据 同意依據
consent_evidence consentevidence evidence consentproof 同意凭证 同意憑證 授权凭证 授權憑證
consent_source consentsource leadsource source sourceid 来源 來源 数据来源 資料來源
consent_at consentat consentdate optindate 同意时间 同意時間 同意日期 授权时间 授權時間
consent_until consentuntil consentexpires 同意到期 授权到期 授權到期
owner owner agent salesrep 负责人 負責人 归属坐席 歸屬座席 坐席 座席
priority priority rank 优先级 優先級
status status dispo disposition 状态 狀態
- waihuwhy listid entrydate modifydate user gmtoffsetnow calledsincelastreset securityphrase lastlocalcalltime entrylistid calledcount
`

// byName finds fields by what lists call them. It is made once and never changes.
var byName = newNames()

func newNames() map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(synonyms), "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			out[w] = words[0]
		}
	}
	return out
}

// plain is a column's name without spaces, marks and capitals.
func plain(header string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '*', ':', '：', '(', ')', '（', '）', '/', '\ufeff', '\u00a0', '\t':
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(header)))
}
