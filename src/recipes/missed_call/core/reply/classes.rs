//! The word classes that the tables write as `<day>`, `<text>`, `<det>`. The words are in the normalised form of `text.rs`.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words of the class with this name (the part between `<` and `>`).
pub(super) fn of(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let class = CLASSES.iter().find(|(class, _)| *class == name);
    class.map(|(_, words)| words.split_whitespace())
}

const CLASSES: &[(&str, &str)] = &[
    ("day", DAYS),
    ("visit", VISITS),
    ("text", TEXTS),
    ("texting", TEXTING),
    ("det", DETERMINERS),
    ("list", LISTS),
    ("later", LATER),
    ("data", DATA),
];

const DAYS: &str = "
    today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday mon tues tue wed thurs thur fri
    sat sun morning mornings afternoon afternoons evening evenings week weekend month day hoy manana lunes martes
    miercoles jueves viernes sabado domingo semana demain aujourdhui lundi mardi mercredi jeudi vendredi samedi
    dimanche semaine matin soir
";

const VISITS: &str = "
    appointment appointments visit visits booking bookings reservation reservations consult consultation slot
    session cita citas consulta reserva reservacion visita rendezvous rdv visite seance
";

/// What a business sends by text.
const TEXTS: &str = "
    text message texting messaging sms mms promo promos promotion promotions notification notifications alert alerts
    ad ads advertising advertisement advertisements marketing solicitation solicitations soliciting solicitors spam
    spamming crap bs bullshit stuff nonsense shit garbage junk reminder reminders communication communications
    correspondence contact campaign campaigns blasts followups updates newsletters offers harassment madness mensaje
";

/// Verbs for sending texts.
const TEXTING: &str = "
    texting messaging contacting bothering harassing spamming bugging emailing pestering annoying hounding nagging
    soliciting stalking pinging advertising blasting bombarding robotexting
";

/// Words between a verb and its object.
const DETERMINERS: &str = "
    no these those the this that them all any your my more such so many much further other unwanted unsolicited
    automated automatic annoying stupid damn dumb fucking freaking marketing promotional company business of sending
    random constant group mass a an another future additional auto sales robo text phone sms spam with goddamn
    incessant endless daily weekly getting receiving
";

/// Words for a list of recipients.
const LISTS: &str = "
    list lists database system contacts contact records record roster directory thread chat loop campaign mailing
    text texting messaging message sms crm distribution subscription notifications alerts blast blasts promotions
    marketing
";

/// After "don't text me": a time or a topic, so that it is a limit and not an opt-out.
const LATER: &str = "
    anything before until till til after between during while when tonight today tomorrow yet early late at right rn so too
    on in past this the a back pictures pics photos about if as well much often because bc first
";

/// Words for a person's data.
const DATA: &str = "
    data info information details records datos informacion donnees informations
";

/// Whether a word may be a name: it has at least three letters and is not in the list below.
pub(super) fn may_be_a_name(word: &str) -> bool {
    word.len() >= 3
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && !["ing", "ly", "ed", "able", "ible", "ful"]
            .iter()
            .any(|end| word.ends_with(end))
        && !NO_NAMES.contains(word)
}

static NO_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lists = [DAYS, VISITS, TEXTS, DETERMINERS, LATER, COMMON];
    lists.into_iter().flat_map(str::split_whitespace).collect()
});

/// Words after "this isn't", "I'm not", "I don't know any", "there is no" and similar phrases that are not names.
const COMMON: &str = "
    about again alone already also always anyone anything anymore anywhere around aware away bad because been best
    better big booking broken but can cash cheap clear closed cold comfortable convenient cool correct cost crazy
    customer dead different doctor doing done easy else emergency enough even ever exactly fair far fast fee fine
    for free friend from fun funny glad gonna good great happy hard heat help her here him his home hot how hurt
    idea idiot important its just kind late like local long mad mine money more much need never new nice none normal
    not now off old only open other out over owner parking people perfect person place point power price problem
    question quite ready real really rest right room rush sad safe same serious she show sick small someone
    something soon sorry spot still stupid sure surprise than that their them then there they thing time tonight
    true type until upset urgent very water way well what where who why will with work working worth wrong yet you
    your available using seeing able human bot joke legal okay sense service reply answer call phone number line
    thanks please plan doubt matter hurry charge reason longer one worries luck clue signal internet job use
    allergies insurance kids pets pain interest appointments openings availability issue issues deal name email
    address house car key keys dog cat gate code link website page app refund card bill check receipt invoice
    estimate quote interested supposed gluten allergic
";
