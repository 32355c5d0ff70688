//! Phrases of every class in French, as in Canada, in the notation of `pattern`. Tables only; accents are folded and apostrophes are gone before (`m'écrire`
//! is `mecrire`), and hyphens part words (`désabonnez-moi` is two).
//!
//! Sources of the single words: Canadian carriers and resellers act on ARRET and FIN as well as STOP, and answer AIDE.

use super::table::{OptOut, Table};

pub(super) const OPT_OUT: OptOut = OptOut {
    whole: &[
        "arret|arrete|arreter|arretez|stop|cesser|cessez|cesse|annuler|fin|terminer|desabonner|desabonnement",
        "desabonne|desabonnez|desinscription|desinscrire|desinscrivez|retirer|retirez|supprimer|supprimez|pourriel|assez",
        "desabonnez|retirez|enlevez|supprimez|effacez|desinscrivez|enleve|retire|oubliez|lachez moi",
        "me|se? desabonner|desinscrire|retirer",
        "ca suffit",
        "je? veux? me? desabonner|desinscrire",
        "cest|ceci du|est|un? du? spam|pourriel|harcelement",
    ],
    clauses: &[
        "arretez|cessez|arrete|arret|desabonner|desabonnez",
        "pas|plus interesse|interessee|interesses",
        "ca suffit",
        "stop aux? messages?",
        "retirez|enlevez|desabonnez|desinscrivez|oubliez|effacez|supprimez moi",
    ],
    phrases: &[
        "arretez|arrete|arreter|cessez|cesse|cesser|stop|assez|fini de|d|aux|avec|les|ces|vos|tous|des * text|textos|message|sms|spam|communications|envois",
        "arretez|arrete|arreter|cessez|cesse|stoppez de|d|tout * menvoyer|denvoyer|decrire|envoyer|mecrire|ecrire|texter|contacter|deranger|harceler|achaler|appeler|solliciter|me",
        "arretez|cessez tout|toute|tous",
        "arretez ca|cela|ceci|tout|immediatement|maintenant $",
        "ne mecrivez|mecris|mecrire|necrivez|mecrive|ecrivez plus|pas|jamais ~avant|apres",
        "ne menvoyez|menvoie|envoyez|mappelez plus|jamais ~avant|apres|la|le",
        "ne menvoyez|menvoie|envoyez pas|plus de|vos|ces|ca|rien|dautres text|textos|message|sms|publicite",
        "ne me|nous textez|texte|texter|contactez|contacte|contacter|derangez|derange|recontactez|sollicitez plus|pas|jamais ~avant|apres|pendant",
        "ne|merci|svp plus|pas|jamais me|nous|mecrire|menvoyer contacter|texter|deranger|envoyer|ecrire|solliciter|de|plus|$",
        "necrivez|nenvoyez|nappelez plus|pas|rien",
        "plus|pas|aucun|stop de|d|aux|vos|message|texto text|textos|texto|message|sms|messages|pub|publicite ~de",
        "veux|voudrais|souhaite|desire|veut plus|pas|ne plus? recevoir|de|vos|etre|que|avoir|text|textos|message|sms * text|textos|message|sms|contacte|contactee|publicite|mecriviez|textiez|vos|ces",
        "veux|voudrais|souhaite|desire plus|pas recevoir|vos|etre vos|ces|cela|ca|contacte|de|rien",
        "enlevez|enlever|enleve|retirez|retirer|retire|supprimez|supprimer|effacez|effacer|otez|rayez|sortez|oubliez moi",
        "enlevez|enlever|retirez|retirer|supprimez|supprimer|effacez|effacer|otez|rayez|oubliez mon|ce|mes|mon|le numero|nom|coordonnees|cellulaire|telephone ~de rendez",
        "me|m|moi retirer|enlever|desabonner|supprimer|oter|rayer de|du|$",
        "retirer|enlever|sortir|oter de votre|la|cette|vos liste|listes",
        "de votre liste",
        "desabonner|desabonnez|desabonnement|desinscrire|desinscription|desinscrivez",
        "laissez|laisse|foutez|lachez|fichez|fous moi|nous tranquille|la|patience|paix",
        "foutez|fichez moi|nous la paix|patience",
        "lachez|lache moi",
        "pas|plus interesse|interessee|interesses $|merci",
        "pas|plus interesse|interessee|interesses par vos|votre|ces|ca",
        "minteresse pas|plus",
        "nai|jamais|pas|jai jamais|pas|rien? demande|autorise|consenti|accepte|donne ca|cela|a|de|vos|ces|recevoir|mon|arretez|$",
        "vais|va|on vous|te|les|ce|porter bloquer|signaler|denoncer|poursuivre|plainte|numero",
        "je vous bloque|signale|denonce|poursuis",
        "cest|est du|de spam|pourriel|harcelement",
        "du harcelement|pourriel",
        "allez|va vous|te foutre|faire",
        "crtc plainte|plaintes",
        "plainte|signaler|signale au|a|aupres crtc|police",
        "lnnte",
        "pas|plus mon consentement",
        "retire|revoque|retirer mon consentement",
        "refuse vos|de|tout|tous|toute",
        "veux|voulons|voudrais rien $",
        "plus jamais de|dautres",
        "annulez|annuler|cancellez|suspendez les|vos|tous|ces|mes text|textos|message|sms|envois|abonnement",
        "ne pas|plus texter|contacter|ecrire|deranger|envoyer|mappeler|appeler $|svp|ce|a|de",
    ],
    unless_visit: &[
        "supprimez|effacez|retirez|enlevez|supprimer|effacer|retirer mon|ce|mes numero|nom|coordonnees",
    ],
};

/// Requests to erase the writer's data.
pub(super) const ERASURE: &[&str] = &[
    "supprimez|supprimer|effacez|effacer|detruisez|detruire|suppression|effacement|retirez|retirer * mes|de|mon|toutes * donnees|informations|renseignements|infos",
    "droit a|de * loubli|effacement|suppression",
    "nutilisez|utilisez|partagez|vendez|conservez|gardez pas mes|mes donnees|informations|renseignements|mes",
    "oubliez moi",
];

pub(super) const OPT_IN: Table = Table {
    whole: &["reabonner|reabonnez", "reabonnez moi", "me reabonner"],
    phrases: &[],
};

pub(super) const WRONG_NUMBER: Table = Table {
    whole: &["pas moi"],
    phrases: &[
        "mauvais numero|telephone|contact",
        "mauvaise personne",
        "faux numero",
        "erreur de|sur numero|personne|le",
        "trompe|trompez|tromper|trompes de|d numero|personne",
        "vous vous trompez",
        "pas le bon numero",
        "pas la bonne personne",
        "nai|navons pas|jamais appele|telephone",
        "ne vous|tai ai|pas pas|jamais appele",
        "ce|cetait nest|pas pas|moi moi $",
        "je ne suis pas !interesse|interessee|disponible|libre|sur|certain|certaine|en|la|au|chez|un|une|capable|prete|pret $",
        "ny a|a pas|personne * ici|nom",
        "connais|connait pas cette|ce|de|daucun personne|nom",
        "plus|pas son|mon|le numero",
    ],
};

/// The caller mistyped or misdialled a number themselves.
pub(super) const MISTYPED: Table = Table {
    whole: &[],
    phrases: &["donne|laisse|mis|ecrit * mauvais numero"],
};

pub(super) const HELP: Table = Table {
    whole: &[
        "aide|infos|renseignements|urgent|urgence|prix|adresse|horaire|heures|rappel",
        "aidez|appelez|rappelez|appelle|rappelle moi|nous",
    ],
    phrases: &[
        "appelez|rappelez|appelle|rappelle|telephonez moi|nous",
        "pouvez|pourriez|peut|peux|pourrait vous|on|tu|quelquun? me|nous|mappeler|maider rappeler|appeler|aider|dire|envoyer|joindre",
        "pouvez|pourriez vous",
        "est ce que",
        "parler a|avec",
        "annuler|deplacer|changer|reporter|modifier|remettre|confirmer * <visit>|<day>|rendez",
        "annuler|deplacer|reporter mon|ma|le|la|pour|mes",
        "dois|veux|voudrais|besoin dannuler|annuler|deplacer|reporter|changer",
        "combien ca|coute|est|pour|de|demandez|chargez|cest",
        "quel|quelle|quels|quelles est|sont|heure|prix|jour|adresse|vos",
        "a quelle heure",
        "heures douverture",
        "ou etes|est|se|etes vous",
        "qui est|etes|parle|appelle|mappelle|mecrit",
        "cest qui|quoi",
        "une? question",
        "parlez vous",
        "en retard",
        "besoin daide|dinfo|dinformation",
        "remboursement|plainte|gerant|responsable|inacceptable|decu|decue",
        "facture|factures|facturez|facturation",
        "lien|site ne|marche fonctionne|marche|pas",
        "personne ne repond",
        "acceptez|faites|offrez|etes vous",
    ],
};

pub(super) const BOOKING: Table = Table {
    whole: &["rdv|reserver|reservation", "rendez vous"],
    phrases: &[
        "veux|voudrais|besoin|aimerais|jaimerais|prendre|avoir|fixer|souhaite|prends * rendez|rdv|reserver|reservation",
        "dun|un|le rdv",
        "besoin|jai dun|besoin rdv|rendez|dun",
        "dun|un rendez vous",
        "reserver pour|un|une|en|maintenant|demain",
        "possible de? reserver",
        "jai|on reserve|pris",
        "avez|auriez vous * place|disponibilites|disponibilite|disponible|libre|<day>",
        "de la place",
        "avez vous quelque|des|de chose|disponibilites|place|dispo|disponible|disponibilite",
        "disponibilites|disponibilite",
        "puis|peux|peut|pourrais je|on passer|venir",
        "me reserver",
    ],
};

pub(super) const TESTS: &[&str] =
    &["ceci|cest|cet est? juste|seulement? un|une? message|texto? de? test|essai"];

pub(super) const THANKS: &[&str] = &[
    "merci|mercii beaucoup|bcp|bien|infiniment|mille|encore?",
    "merci|ok|non pour|de linfo|linformation|votre|tout|lappel|la|avoir reponse|appel|aide|message?",
    "non merci",
    "daccord|parfait|parfaite|excellent|super|genial|compris|entendu|bravo|correct|bye|noter|note",
    "ok|oki",
    "cest|tout|tres|ca est? bon|beau|parfait|correct|note|bien|gentil|va",
    "pas|aucun de? probleme|soucis|souci|trouble",
    "bien recu|note|compris",
    "bonne journee|soiree|fin|semaine de? semaine?",
    "de rien",
    "a bientot|demain|plus",
    "vous|toi aussi",
];

pub(super) const AUTOMATIC: Table = Table {
    whole: &["absent|absente du bureau"],
    phrases: &[
        "reponse|message automatique|automatise",
        "suis|actuellement au|en volant|conduite|train|reunion",
        "je conduis en|et|avec|presentement",
        "ne pas deranger active",
        "absent|absente|absents du|de|jusquau|jusqua",
        "bureau|bureaux|magasin|clinique sont|est|etes * ferme|fermes|fermee",
        "merci de|davoir|pour nous|votre|avoir|communique avoir|message|appel|ecrit|contacte|contactes",
        "nous|on vous repondrons|contacterons|rappellerons|rappelons|repondra",
        "vous repondrai|recontacterai|rappellerai * plus|des|bientot tard|que",
        "votre message a bien? ete",
        "sous|dans peu|les",
    ],
};

/// Texts that only automatic systems write.
pub(super) const MACHINES: &[&str] = &[
    "vous avez|etes ete|maintenant? desabonne|desabonnee|retire|desinscrit|desinscrite",
    "vous ne recevrez plus",
    "repondez|textez|envoyez|envoyer aide|stop|arret|info|oui|<number> pour|afin|a|ou",
    "reponse|message automatique",
    "veuillez ne pas repondre",
    "frais de? messagerie|donnees|standards",
];
