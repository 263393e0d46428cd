/* rdf.c: lists of words in an XMP document, changed in place
 *
 * The document stays the tree that it was: what is not one of the lists is never looked into. Of RDF's many ways to write
 * an array XMP allows one (ISO 16684-1, 7.5 and 7.7), with qualifiers at the items:
 *
 *   <dc:subject><rdf:Bag><rdf:li>fox</rdf:li><rdf:li rdf:parseType="Resource"><rdf:value>snow</rdf:value>…</rdf:li></rdf:Bag></dc:subject>
 */

#define G_LOG_DOMAIN "vig-rdf"

#include "config.h"

#include "library/rdf.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

struct _VigRdf
{
  xmlDoc  *doc;
  xmlNode *rdf;     /* rdf:RDF; its children are descriptions */
};

static gboolean
is_element (const xmlNode *node,
            const char    *space,
            const char    *name)
{
  return node->type == XML_ELEMENT_NODE && node->ns != NULL && g_strcmp0 ((const char *) node->ns->href, space) == 0 &&
         g_strcmp0 ((const char *) node->name, name) == 0;
}

/* The first element among the children of @node, or after @last. */
static xmlNode *
next_element (const xmlNode *node,
              xmlNode       *last)
{
  xmlNode *child = last != NULL ? last->next : node->children;

  while (child != NULL && child->type != XML_ELEMENT_NODE)
    child = child->next;

  return child;
}

static xmlNode *
find_child (xmlNode    *node,
            const char *space,
            const char *name)
{
  for (xmlNode *child = next_element (node, NULL); child != NULL; child = next_element (node, child))
    if (is_element (child, space, name))
      return child;

  return NULL;
}

VigRdf *
vig_rdf_parse (const char *text,
               gsize       size)
{
  const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  g_autoptr(VigRdf) self = g_new0 (VigRdf, 1);
  xmlNode *root;

  if (size > G_MAXINT)
    return NULL;

  self->doc = xmlReadMemory (text, (int) size, NULL, NULL, options);
  root = self->doc != NULL ? xmlDocGetRootElement (self->doc) : NULL;
  if (root == NULL || xmlGetIntSubset (self->doc) != NULL)
    return NULL;

  self->rdf = is_element (root, RDF, "RDF") ? root : find_child (root, RDF, "RDF");
  if (self->rdf == NULL || find_child (self->rdf, RDF, "Description") == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
vig_rdf_free (VigRdf *self)
{
  if (self == NULL)
    return;

  xmlFreeDoc (self->doc);
  g_free (self);
}

/* Every element that stands for @list, in any description. */
static GPtrArray *
find_lists (VigRdf           *self,
            const VigRdfList *list)
{
  GPtrArray *found = g_ptr_array_new ();

  for (xmlNode *about = next_element (self->rdf, NULL); about != NULL; about = next_element (self->rdf, about))
    {
      if (!is_element (about, RDF, "Description"))
        continue;
      for (xmlNode *node = next_element (about, NULL); node != NULL; node = next_element (about, node))
        if (is_element (node, list->space, list->name))
          g_ptr_array_add (found, node);
    }

  return found;
}

/* As an attribute of a description it would be no list. */
static gboolean
has_attribute (VigRdf           *self,
               const VigRdfList *list)
{
  for (xmlNode *about = next_element (self->rdf, NULL); about != NULL; about = next_element (self->rdf, about))
    if (xmlHasNsProp (about, (const xmlChar *) list->name, (const xmlChar *) list->space) != NULL)
      return TRUE;

  return FALSE;
}

static xmlNode *
find_container (xmlNode *list)
{
  xmlNode *only = next_element (list, NULL);

  if (only == NULL || next_element (list, only) != NULL || list->properties != NULL ||
      !(is_element (only, RDF, "Bag") || is_element (only, RDF, "Seq") || is_element (only, RDF, "Alt")))
    return NULL;

  return only;
}

/* The word of an item, NULL if it has another shape. */
static char *
read_item (xmlNode *item)
{
  xmlNode *first = next_element (item, NULL);
  xmlNode *value = item;
  xmlChar *text;
  char *word;

  if (!is_element (item, RDF, "li"))
    return NULL;
  if (first != NULL)
    {
      xmlNode *inner = is_element (first, RDF, "Description") ? first : item;

      value = find_child (inner, RDF, "value");
      if (value == NULL || next_element (value, NULL) != NULL)
        return NULL;
    }
  text = xmlNodeGetContent (value);
  word = g_strdup ((const char *) text);
  xmlFree (text);

  return word;
}

GPtrArray *
vig_rdf_read (VigRdf           *self,
              const VigRdfList *list)
{
  g_autoptr(GPtrArray) nodes = find_lists (self, list);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (has_attribute (self, list))
    return NULL;

  for (guint i = 0; i < nodes->len; i++)
    {
      xmlNode *container = find_container (nodes->pdata[i]);

      if (container == NULL)
        return NULL;
      for (xmlNode *item = next_element (container, NULL); item != NULL; item = next_element (container, item))
        {
          char *word = read_item (item);

          if (word == NULL)
            return NULL;
          g_ptr_array_add (words, word);
        }
    }

  return g_steal_pointer (&words);
}

static void
remove_node (xmlNode *node)
{
  xmlNode *before = node->prev;

  /* With the white space that set it off. */
  if (before != NULL && before->type == XML_TEXT_NODE && xmlIsBlankNode (before))
    {
      xmlUnlinkNode (before);
      xmlFreeNode (before);
    }
  xmlUnlinkNode (node);
  xmlFreeNode (node);
}

static void
take_out (xmlNode   *container,
          GPtrArray *gone)
{
  xmlNode *next;

  for (xmlNode *item = next_element (container, NULL); item != NULL; item = next)
    {
      g_autofree char *word = read_item (item);

      next = next_element (container, item);
      if (word != NULL && g_ptr_array_find_with_equal_func (gone, word, g_str_equal, NULL))
        remove_node (item);
    }
}

/* The namespace, declared at @node where it is not known there by any prefix. */
static xmlNs *
find_space (VigRdf     *self,
            xmlNode    *node,
            const char *space,
            const char *prefix)
{
  xmlNs *known = xmlSearchNsByHref (self->doc, node, (const xmlChar *) space);

  /* One without a prefix serves elements as well. */
  if (known != NULL)
    return known;

  for (guint i = 0;; i++)
    {
      g_autofree char *name = i == 0 ? g_strdup (prefix) : g_strdup_printf ("%s%u", prefix, i);

      if (xmlSearchNs (self->doc, node, (const xmlChar *) name) == NULL)
        return xmlNewNs (node, (const xmlChar *) space, (const xmlChar *) name);
    }
}

static xmlNode *
make_container (VigRdf           *self,
                const VigRdfList *list)
{
  xmlNode *about = find_child (self->rdf, RDF, "Description");
  xmlNode *property = xmlNewChild (about, find_space (self, about, list->space, list->prefix),
                                   (const xmlChar *) list->name, NULL);

  return xmlNewChild (property, about->ns, (const xmlChar *) list->container, NULL);
}

void
vig_rdf_change (VigRdf           *self,
                const VigRdfList *list,
                GPtrArray        *gone,
                GPtrArray        *added)
{
  g_autoptr(GPtrArray) nodes = find_lists (self, list);
  xmlNode *last = NULL;

  for (guint i = 0; i < nodes->len; i++)
    {
      last = find_container (nodes->pdata[i]);
      take_out (last, gone);
    }
  if (added->len > 0 && last == NULL)
    last = make_container (self, list);
  for (guint i = 0; i < added->len; i++)
    xmlNewTextChild (last, self->rdf->ns, (const xmlChar *) "li", added->pdata[i]);

  /* An empty list says nothing. */
  for (guint i = 0; i < nodes->len; i++)
    {
      xmlNode *container = find_container (nodes->pdata[i]);

      if (next_element (container, NULL) == NULL)
        remove_node (nodes->pdata[i]);
    }
}

char *
vig_rdf_print (VigRdf *self)
{
  xmlChar *bytes;
  char *text;
  int size;

  xmlDocDumpMemoryEnc (self->doc, &bytes, &size, "UTF-8");
  text = bytes != NULL ? g_strndup ((const char *) bytes, size) : NULL;
  xmlFree (bytes);

  return text;
}
