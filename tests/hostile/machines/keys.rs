//! Keys made for these tests; they open nothing else. Their armour is put on at run time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// 2048 bits, PKCS#8.
const ONE: &str = "\
    MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCx/slHrsks0MDJ\n\
    lzmzIsyLAF1FVwY7Oa/pIa4bzQEmM04LvYj7d/YJGWUwyHxcWJUFkfRBz0iJjHx2\n\
    88g/PPsPf5kmVxexoXuLTb+QxD9HrYMYaeo2/B1OZudZhwNx8mMDsMbV4A4K7lcu\n\
    xCqT7IqDzJ4CsmWP2SPnmNbx8JdbXVoCWgXNu9cDtNltBsaxxb6L+HvAlpcV8vPz\n\
    xlgJuyHJMtfMd/J6fewH4xhnnOUatIhEkD2/Epop5/7BTSQqwc/udWszs9Cwyaco\n\
    u2brhkp2LuhXAGNUjeCfWUaReq/fPlHZ/UKY29fI6gyS0D4kxeqSBqLzbWtUDfHb\n\
    vpHSxLOVAgMBAAECggEACbNvspWe8ZotBQUAyDfGJcXuz20nR0oPwX6Bl+f2lJI+\n\
    QjCMddwmD306q8vOz1T6m5OcAuGHvAtpQIMX2lkkpnBstI9m7gT1j/Q8U75buTiG\n\
    iRRDXMd6ghU6AwHzQ54TccDhjV2JQQ+YC9H1hMYNueeIgxrITeyRODmhxAzkoD42\n\
    a9pXbjSzswVW+h5tg3B6ulW6XFibYJaK+JnVkL0Mbd7OR13QMB69GMLzZTL5E8ZB\n\
    CARqNIobeg+Z33K1xeAu8dZfixbI+EmC3RD7nx43ZLrG2ObSgn1EFQ4d6nY8rV+Z\n\
    EZzfvY9AuGJnLGTcWm83s5tXXMzF5GXzUk5ZuMJ2nwKBgQDkYM+6owXm3Di7cck9\n\
    9U5+kAhu/HTD1URKxVJqlrOb383qygMQhI8clihc6PArVmKTyOG4RYaEiPpw0b0Y\n\
    i+tlTCBeFIneaMmnD3XcyScXQMdY3DkuWuVAwp2XZ4IbOWxyaTuuRlhg5vbqDObD\n\
    kGW95SLCWI6/eOOr05gekM11rwKBgQDHhfzH9MSjO/38mOO1NMeO6H5vmKpbJweK\n\
    rL2eQjZxt83qGDPQCRkwTwx8oLpxZXl42oT4ufhClCcfpzQ3xrC0w+ZQl3EKauTE\n\
    Js4DZVZDnQelYu9ip9lwmHOPfcS0QlHMn5kMKZbhHUkEe7VR32k7M5UZqFiqvq/U\n\
    jo74P7f/+wKBgQDQ6n8dDOTpO6vqTTz7INydisUsQmXOf9npTHkIaLQFc8a7cfE7\n\
    uwfv7q0d0Tlja7Lh3nIeT/uuYmA3tKZ3PggosmsppUA55UITQWFgh+Lqsqep8kuc\n\
    zCnMBDyFtHqgzPcX8oxV8KQIgUB++y5e2Ek6XdJeVwS+w6gCF56g13YcoQKBgGIq\n\
    /X2QY7OAz+2Zd+fvSQR6RcM4lRD2OhKz/TPBljILYmf8cnm4EEmhix5CopkqeULK\n\
    GUSbk5eGd11ukhWjT8wQ2t/qMzcR8u7DvPcUxAXOXDW2YNvkg+qPR8Rg+AhM3RxV\n\
    piLCz7aBBy0KhOL8jjUPoxuVpdKUscReQ9/G0gxDAoGBANu8aU3i4w95jAKAxBmZ\n\
    wZjP1ZMZn0BdhKx1mIkSaHM6P0rKeh02hCs0BacuJKTkF7bhyYUoOmincoTFDSYf\n\
    qplep05l+2XbGD7VKA0dAbCO51peNHXXVXai4jM2/jgyxyuea9wZsrBxFAI2UoSr\n\
    KcUN3M3UFol6ra0CNwzJuIJv\n\
";

/// Its public half (PKCS#1).
const ONE_PUBLIC: &str = "\
    MIIBCgKCAQEAsf7JR67JLNDAyZc5syLMiwBdRVcGOzmv6SGuG80BJjNOC72I+3f2\n\
    CRllMMh8XFiVBZH0Qc9IiYx8dvPIPzz7D3+ZJlcXsaF7i02/kMQ/R62DGGnqNvwd\n\
    TmbnWYcDcfJjA7DG1eAOCu5XLsQqk+yKg8yeArJlj9kj55jW8fCXW11aAloFzbvX\n\
    A7TZbQbGscW+i/h7wJaXFfLz88ZYCbshyTLXzHfyen3sB+MYZ5zlGrSIRJA9vxKa\n\
    Kef+wU0kKsHP7nVrM7PQsMmnKLtm64ZKdi7oVwBjVI3gn1lGkXqv3z5R2f1CmNvX\n\
    yOoMktA+JMXqkgai821rVA3x276R0sSzlQIDAQAB\n\
";

/// 2048 bits, PKCS#1.
const TWO: &str = "\
    MIIEowIBAAKCAQEArYU5Sv0Le18bPamFLOi0x+dc2qeIvxgPsQMAJ6EDeeugn/Ii\n\
    B0fuqf9r+15bK7RrBJLTfM9lIgBDLdZOeWzieoZALgDNEWciZBPEhH6E4vFSf7mu\n\
    1TcCzI44LfurYz5MwPrU3v8Y17aPKXQE8V1emQIT3RS5uwpj23JISioQ7hY9aN4R\n\
    eKiOe5YQ5Uds6klkr809vm7dyloFwlmV8xlUf4NtpSYVdn/9xcf5fJIocZdXmvJe\n\
    /S17htStwESgSqsHRPRswfwKzeGwJ4rrtGqERNnzSW00JUwkKGekUuR7tHeTRDyZ\n\
    IlkkuAwVXeFrpVaOc6FrUPTNMSItAdqC36k+SQIDAQABAoIBACp3S1E94px75yfN\n\
    IAmgnfW6erAMhlv2IIj6qgQI1Nf2waXDVW6gvRkfqKapLfjhO7uvz1BhVWff1pEW\n\
    PLhc3ISN7JEVoxpaOkFx0Qt4Bz+fPciCgfYuc2HqgHdIe2Zbbd9gw84bclIAnMLR\n\
    YRBNAITDzGaz1syeu1eOfYChEOmjYjH6AilNozQjAzUX2uCRVM4M8aFzv7DLeJE1\n\
    P2V4J6DH/16LnXM6fhXExXjrgbT7FhXP/D/T7M5qGZ3JmWqqfClg2YnzuTbRDTIS\n\
    h3U4vzzlopgHqDaGKZmMbar2p6cqj/l8ZuYGLLHMYGtofbOMFEcZmmIKhPJ6kpUC\n\
    Ypu3x40CgYEA5cPJxlJnBERFmimTVweR8OrQdAhVrrwa4rpDBoteIdFFa8EIk2vd\n\
    9pVEdKuBrfNhji4eBdiJWOHJVG7buY2JODbdCNpTC8blq5ify9P7j1CJJD5qcmeM\n\
    2MtnnuXCo8g3/iDk1ouugsVBUQhLKwMi2051lja+H9554Ljty2DCHh8CgYEAwVVd\n\
    xrcbLWPTi/nKhvqrvy33s5EkczeA5AnMheGFhO3efmku48ICx3wPVYt5bbt42rJW\n\
    w+0DkpMOw5rPuC0RnG265aPOKrxxH8kyYeE6a+sHQJBMQPbVhrYUGMfl1fp7c0y9\n\
    aQIRTIJUPIJDcc8izL5ykHWbvi2GC2TLE69zRpcCgYAWWLJ5LW6DhbhXRA/meQAC\n\
    tHPNtTnQIs9imccHDer70wSzdDTHUchmwSHFTyDvsCoez/FvlB3XnS4dniKUq2Vb\n\
    KErbH5DQJmoUBGYWRunCiIyuD7v+oH+cXjwXwjTqBQEdIEnha/hvE4xEu0/EQSvU\n\
    tI7PK0fWhabI6nOGQkTe9QKBgG9mhCGTsrpF0kjOx09ds4b2sssqcAlfywobR1lB\n\
    qND+y3ylmRot2bIenytYscB0DOBfcLV2pd9Yk2JMmzJx7broU5AtAggIC1sYcMqL\n\
    oEE87THbs8SfNkxoME5TKPFSYr3+Uwnl4hfm5Sj0mm5Cv7egaZ0p13MPAjUggA+4\n\
    wkDDAoGBANYox+lAsXsfWlLy90yIda9fMLCtRSCCLrLECU4ypDrYUVZBKq41nR6n\n\
    mKsY0th6O+N7Fco8nuFODPZDUeyXEAhH/PhUhJKjpw1dv2+oiWPt08TaxSHazFUs\n\
    PJPP2YJXAfTNz2B8p52sRM/KZTU7uGEHNarglVMQ+XvzAh19q740\n\
";

/// Its public half (PKCS#1).
const TWO_PUBLIC: &str = "\
    MIIBCgKCAQEArYU5Sv0Le18bPamFLOi0x+dc2qeIvxgPsQMAJ6EDeeugn/IiB0fu\n\
    qf9r+15bK7RrBJLTfM9lIgBDLdZOeWzieoZALgDNEWciZBPEhH6E4vFSf7mu1TcC\n\
    zI44LfurYz5MwPrU3v8Y17aPKXQE8V1emQIT3RS5uwpj23JISioQ7hY9aN4ReKiO\n\
    e5YQ5Uds6klkr809vm7dyloFwlmV8xlUf4NtpSYVdn/9xcf5fJIocZdXmvJe/S17\n\
    htStwESgSqsHRPRswfwKzeGwJ4rrtGqERNnzSW00JUwkKGekUuR7tHeTRDyZIlkk\n\
    uAwVXeFrpVaOc6FrUPTNMSItAdqC36k+SQIDAQAB\n\
";

/// 1024 bits: too short to sign with.
const SHORT: &str = "\
    MIICeQIBADANBgkqhkiG9w0BAQEFAASCAmMwggJfAgEAAoGBAMrum/UdCzmMKijd\n\
    GHxWRNDEvjN2vCtaRbbUPoj7u8Q7ANtOwXmglhpMzmmy8Q/PZ2JXgHq8Bic7ZyCL\n\
    MfeU3WMC19JYSQ9YtHT9Hp4fv/mb7SX8H/O2QXpzzifs90WzHTXsRuTqOYreyKUy\n\
    y78vBiaRETqqKIG33FGlfiD6L1S5AgMBAAECgYEAs/J2NRp2E6eo0ueLiOXuy7lK\n\
    d9Q387Fu1DrM4SdoTw+LKO1jPvkZYWTuPGhCvqRJpri04yDLzAou3nrP6h0FWexk\n\
    /sKddQk18oahZxpcMxuqJr8juOl9EOUNHC/JS6Eps9LDnu0S14FiemeEaOIfH22r\n\
    s/pl/4HPrmhjdTiGSkkCQQDtMT67cBr+lMkbTKUiP7k9wKlxf2G9FdNguUhKe01e\n\
    wJBFVFdYqUDdtIi5UPBUJZFG2B8KPwk3k0dhd+ZMVPlDAkEA2wXqkB2dTbtt6Hso\n\
    Syqk9tCg+aAw7oKbufTy0cw1LhfRIPadq7RonC71ASnAdOg9w+WPyaD0K/T9Oekl\n\
    8tksUwJBAM3V43OzyKlPIuq+67s6A540WJc3DPGTRDl28OY59J2ajFit5ZL6ZmE/\n\
    rzrqo3TSmS0alm1E4NHKzLIn48IwJ5MCQQChW3h1d/vduom8To9e4SnrU8RkY2np\n\
    LXvAwf7qJUHAlXdSi52ZVC4Fcmq50qKg/kASxFrsNpHsmG6+bU+x2+FVAkEAktIn\n\
    6fXNi9TyUHz2FN1n96/m9aizPvmplqdc1TIfazv51MF7Bj9vFMsgt6G8nNtI6Jvy\n\
    clRLPWV4WHQn13JUGQ==\n\
";

/// Of an elliptic curve (P-256): no key for RS256.
const ELLIPTIC: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3AEFlRsMXx1h1KRW\n\
    o1wN2PmDRHZaBIOPoZvPN6or8/yhRANCAASaUmgXThV6sZQOf1tj3ntYRW/8DyMo\n\
    9NKrYaXzai4k4bg2PuLru2rxzs20DWoaeUpD7qdOJc9of29kP5foAaHh\n\
";

pub(crate) fn armoured(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n")
}

pub(crate) fn one() -> String {
    armoured("PRIVATE KEY", ONE)
}

pub(crate) fn two() -> String {
    armoured("RSA PRIVATE KEY", TWO)
}

pub(crate) fn short() -> String {
    armoured("PRIVATE KEY", SHORT)
}

pub(crate) fn elliptic() -> String {
    armoured("PRIVATE KEY", ELLIPTIC)
}

pub(crate) fn one_public() -> Vec<u8> {
    der(ONE_PUBLIC)
}

pub(crate) fn two_public() -> Vec<u8> {
    der(TWO_PUBLIC)
}

fn der(body: &str) -> Vec<u8> {
    STANDARD.decode(body.replace('\n', "")).unwrap()
}

/// What no output and no file may hold of a key: each of its lines.
pub(crate) fn marks() -> Vec<String> {
    [ONE, TWO, SHORT, ELLIPTIC]
        .iter()
        .flat_map(|key| key.lines().filter(|line| line.len() > 30))
        .map(str::to_owned)
        .collect()
}
